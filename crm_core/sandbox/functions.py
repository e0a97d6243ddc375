"""The functions, operators and types that a question may use: what only counts with the values it is given.

The list says what is allowed and not what is forbidden: a new version of DuckDB brings functions that nobody here has read. Left out are those
that tell of the machine, the settings or the session (getenv, current_setting, version), that run or plan other statements (query, json_serialize_sql),
that wait or fail on purpose (sleep_ms, error), that answer differently each time (random, uuid), that take the name of a function or type as
text (list_aggregate, cast_to_type), and that make much out of nothing (repeat, lpad).
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATORS = _words("+ - * / // % ^ ** & | ~ << >> || @ ~~ !~~ ~~* !~~* ~~~ ^@ && @> <@ !__postfix")

_LOGIC = "coalesce nullif greatest least if ifnull constant_or_null"
_NUMBERS = """abs add ceil ceiling cbrt degrees divide even exp factorial fdiv floor fmod gcd greatest_common_divisor isfinite isinf isnan lcm
    least_common_multiple ln log log10 log2 mod multiply pi pow power radians round round_even roundbankers sign signbit sqrt subtract trunc width_bucket
    acos asin atan atan2 cos cot sin tan xor bit_count"""
_TEXTS = """ascii bar char_length character_length chr concat concat_ws contains damerau_levenshtein editdist3 ends_with format format_bytes hamming
    ilike_escape instr jaccard jaro_similarity jaro_winkler_similarity lcase left length levenshtein like_escape lower ltrim md5 mismatches nfc_normalize
    not_ilike_escape not_like_escape ord position prefix printf regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches
    regexp_replace regexp_split_to_array replace reverse right rtrim split split_part starts_with str_split strftime string_split string_to_array
    strip_accents strlen strpos strptime substr substring suffix translate trim try_strptime ucase unicode upper"""
_TIMES = """age century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear
    days_in_month decade epoch epoch_ms era hour isodow isoyear julian last_day make_date make_time make_timestamp minute month monthname quarter second
    time_bucket timezone to_days to_hours to_milliseconds to_minutes to_months to_quarters to_seconds to_weeks to_years week weekday weekofyear year
    yearweek"""
_LISTS = """list_apply array_to_string array_length cardinality element_at flatten len list_avg list_concat list_contains list_count list_distinct list_extract
    list_filter list_first list_has list_has_all list_has_any list_indexof list_last list_max list_median list_min list_position list_reverse
    list_reverse_sort list_slice list_sort list_sum list_transform list_unique list_value list_zip map map_entries map_extract map_keys map_values row
    struct_extract struct_pack unnest array_extract array_slice generate_series range"""
_AGGREGATES = """any_value approx_count_distinct approx_quantile arbitrary arg_max arg_max_null arg_min arg_min_null argmax argmin array_agg avg bit_and
    bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy favg first fsum geomean geometric_mean group_concat
    kahan_sum kurtosis kurtosis_pop last list listagg mad max max_by mean median min min_by mode product quantile quantile_cont quantile_disc
    regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp string_agg sum
    sumkahan var_pop var_samp variance wavg weighted_avg"""
_WINDOWS = "cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number"

FUNCTIONS = OPERATORS | _words(" ".join((_LOGIC, _NUMBERS, _TEXTS, _TIMES, _LISTS, _AGGREGATES, _WINDOWS)))
# Functions that stand where a table does.
ROWS_OF = frozenset(("range", "generate_series", "unnest"))
TYPES = _words("""BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT FLOAT DOUBLE DECIMAL VARCHAR DATE TIME
    TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS INTERVAL LIST STRUCT MAP""") | {"TIMESTAMP WITH TIME ZONE", "TIME WITH TIME ZONE"}

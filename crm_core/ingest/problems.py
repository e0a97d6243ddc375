"""What can be wrong with a file, a line or a value, in words that say what to do."""
from crm_core.i18n import N_, t

# The whole file cannot be used; nothing of it is written.
PROBLEMS = {
    "no_file": N_("There is no file {file} that can be read here. Check its name and folder."),
    "empty": N_("{file} is empty. Export it again from its system, or start from our template."),
    "workbook": N_("{file} is an Excel workbook. "
        "Open it, choose “Save as” and the type “CSV UTF-8 (comma delimited)”, and import that file."),
    "binary": N_("{file} is not a text file. Open it in the program it comes from and save it as “CSV UTF-8 (comma delimited)”."),
    "not_utf8": N_("{file} holds letters that are not UTF-8, after line {line}. Save it again as “CSV UTF-8”."),
    "delimiter": N_("{file} separates its columns with {found}. Save it with commas between the columns and points in the amounts."),
    "header": N_("{file} has columns that are not known here; it begins with: {found}. Use the column names of our template."),
    "columns_missing": N_("{file} lacks these columns: {columns}. Say which of its columns they are (--map {first}=\"…\"), add them, "
        "or start from our template."),
    "date_order": N_("{file} does not show whether the day or the month stands first, as in {example}. Say so: --date-order {choices}."),
    "decimal": N_("{file} does not show whether {example} has thousands or decimals. Say which sign stands before decimals: "
        "--decimal {choices}."),
    "encoding_unsure": N_("{file} may be written in several encodings. Say which shows its names rightly: --encoding {choices}."),
    "property_needed": N_("{file} does not say which property it is of. Say so: --property {choices}."),
    "target": N_("There is no kind of data called {target}. Choose one of: {targets}."),
    "map": N_("{file} has no column {found}, or {column} is not one of ours. Correct the mapping: --map canonical=\"Header\"."),
    "cancelled": N_("The import of {file} was cancelled. Nothing was written."),
    "column_twice": N_("{file} has the column {column} twice. Remove one of them."),
    "too_wide": N_("{file} has more than {most} columns. Keep those of our template."),
    "source": N_("There is no source called {source}. Choose one of: {sources}."),
    "property": N_("{property} is not one of your properties. Add it in Settings, or correct the code."),
    "removed": N_("{named} was removed in Settings while the file was read. Import the file again."),
    "extension": N_("{file} is named like another kind of file: it holds {found}. Give it the right ending, or save it again in its program."),
    "kind": N_("{file} is of a kind that cannot be read here. Save it as CSV, Excel workbook (.xlsx, .xls), JSON lines or Parquet."),
    "damaged": N_("{file} is damaged and cannot be opened. Export it again, or save it as “CSV UTF-8 (comma delimited)”."),
    "unsafe": N_("{file} is built in a way that could harm this computer and was not opened. "
        "Open it in its program and save it as “CSV UTF-8 (comma delimited)”."),
    "too_large": N_("{file} needs more memory or time than a file may take here. Save it as CSV, or divide it into several files."),
    "sheet": N_("{file} has no sheet called {found}. Choose one of: {named}."),
    "encoding": N_("{found} is not a known encoding. Choose one such as utf-8, cp1252 or cp1251."),
    "form": N_("{found} cannot be chosen for {column}. Choose one of: {values}."),
    "people_columns": N_("{file} has no column of people, such as given_name, family_name, email, phone or birth_date. Its first are: {found}."),
    "people_none": N_("{file} has a header and no rows: there is nobody to compare."),
    "people_cells": N_("{file} cannot be read as a table: {said}. Correct that line, or save the file again as “CSV UTF-8”."),
    "people_id": N_("{file} needs a column called id with a value of its own in every row."),
    "people_ids_twice": N_("{file} has ids that stand in more than one row: {found}; rows with an id that was there before: {n}. "
        "Give each row an id of its own, in a column called id."),
    "channels": N_("{file} names more than {most} channels that are not known here. Check that the column channel holds channels."),
}

# A line is kept out. The texts hold no values: the value stands beside them, as it stood in the file.
RULES = {
    "missing": N_("This column must not be empty. Fill it in."),
    "date_form": N_("Write the date as 2025-03-31."),
    "no_such_day": N_("There is no such day. Correct the date."),
    "year": N_("This year cannot be right. Correct the date."),
    "departure_before_arrival": N_("The departure is before the arrival. Correct one of the two dates."),
    "too_many_nights": N_("The stay is longer than three years. Check arrival and departure."),
    "booked_after_departure": N_("The booking is later than the departure. Correct one of the two dates."),
    "date_spelling": N_("This is no date that can be read. Write it as 2025-03-31."),
    "date_order": N_("Day and month do not stand in the order of the file's other dates. Correct the date, or choose the file's order."),
    "time": N_("There is no such time of day. Correct it."),
    "whole_number": N_("Write a whole number of 0 or more, in digits."),
    "amount_form": N_("Write the amount in digits with a decimal point and without currency, such as 1240.50."),
    "amount_spelling": N_("This is no amount that can be read. Write it as 1240.50, with or without its currency."),
    "grouping": N_("The separators are not those of the file's other amounts. Correct the amount, or choose the file's decimal sign."),
    "thousands": N_("Leave out thousands separators and write a decimal point: 1240.50."),
    "negative": N_("The number must not be negative. Correct it."),
    "too_large": N_("The number is too large to be right. Correct it."),
    "currency": N_("This is no currency code. Write it as in EUR, LKR, ETB or AMD."),
    "property": N_("This is not one of your properties. Add it in Settings and import the file again, or correct the code."),
    "status": N_("Write the status as one of: tentative, confirmed, in_house, checked_out, cancelled, no_show."),
    "rate_class": N_("Write the rate class as one of: paid, complimentary, house_use."),
    "email": N_("This is not an e-mail address. Correct it, or leave it empty."),
    "language": N_("Write the language as its code, such as en or pt-BR."),
    "yes_no": N_("Write yes or no."),
    "consent": N_("Write given or withdrawn, or leave it empty."),
    "card_number": N_("This looks like a payment card number, which must not be stored. Remove it from the file."),
    "cells_missing": N_("The line has fewer cells than the header: it was cut off, or a quotation mark is missing. Correct the line."),
    "cells_extra": N_("The line has more cells than the header. Put text that holds a comma between quotation marks."),
    "nul": N_("The line holds a NUL character, so it was damaged on its way. Export it again."),
    "undecodable": N_("The line holds bytes that are no letters in the file's encoding. Correct it, or choose another encoding."),
    "json": N_("The line is not a JSON object, or is nested too deeply. Correct it."),
    "cell_too_long": N_("A cell is longer than 64 kB. Shorten it."),
    "quotes": N_("A quotation mark is opened and not closed, or stands in the wrong place. Correct the line."),
    "word": N_("This word is not one that the column takes. The template names them."),
    "needs": N_("The row says nothing by which it could be known. Fill in at least one of the columns that tell it."),
    "score": N_("The score is not between 0 and the best score. Correct one of the two."),
    "currencies": N_("The amount names another currency than its row. Correct one of the two."),
    "other_currency": N_("The booking is in another currency. Write the amount in the booking's."),
    "property_missing": N_("The row does not say which property it is of. Fill in the property, or choose one for the whole file."),
    "other_property": N_("This number belongs to another property already. Correct the number or the property."),
    "no_such_booking": N_("There is no booking of this number. Bring in the bookings first, and then this line again."),
    "no_such_send": N_("There is no message of this number or address. Bring in the messages first, and then this line again."),
    "before_send": N_("This is more than a day before the message was sent. Correct the moment, or the message's."),
    "above_sent": N_("This is more than the messages that were sent. Correct one of the two counts, or the columns that they stand in."),
    "above_delivered": N_("This is more than the messages that arrived. Correct one of the two counts, or the columns that they stand in."),
    "window": N_("A booking counts for 1 to 365 days after the message. Correct the number of days."),
    "share": N_("The share of people who get nothing is 0 per cent or more, and below 100. Correct it."),
    "stop_before_start": N_("The result would be read before anything is sent. Correct one of the two days."),
    "other_currency_campaign": N_("The campaign has amounts in another currency already. Write its amounts in that currency, or all of them anew."),
    "two_arms": N_("This person is told to be both in one arm and in another of the same campaign. Leave the wrong line out."),
    "no_such_guest": N_("There is no guest of this number or address. Bring in the guests first, and then this line again."),
    "arms_drawn_here": N_("The arms of this campaign were drawn here or told by another system, and do not change. Leave the line out."),
    "no_day_of_arms": N_("It is not known when the arms were drawn. Fill in the day, or bring in the campaign's day of sending first."),
    "other_day_of_arms": N_("The arms of a campaign are drawn on one day, and this campaign has another. Correct the day."),
    "no_such_member": N_("There is no member of this number. Bring in the members first, and then this line again."),
    "no_such_programme": N_("There is no loyalty programme of this code. Correct the code, or create the programme in Settings first."),
    "programme_needed": N_("There are several loyalty programmes. Say by its code which one the row is of."),
    "other_programme": N_("This number belongs to a member of another programme already. Correct the number or the programme."),
    "member_elsewhere": N_("This number is a member's already, of another source or entered by hand. Correct the number, or leave the line out."),
    "closed_before_enrolment": N_("The membership ends before it began. Correct one of the two dates."),
    "before_enrolment": N_("This is before the member enrolled. Correct the day, or the day of enrolment."),
    "after_closing": N_("The membership was closed before this day. Correct the day, or the day of closing."),
    "in_the_future": N_("This day is later than the day up to which the figures go. Correct it, or bring the line in later."),
    "after_today": N_("This day has not come yet. Correct it."),
    "few_hotels": N_("A comparison set has four hotels at least, or one of them could be recognised. Leave the line out."),
    "one_above_half": N_("No hotel of a comparison set gives more than half of its reviews, or it could be recognised. Leave the line out."),
    "told_twice": N_("This set, month and figure are told by another line or another source already. Leave one of them out."),
    "no_such_figure": N_("The figure of a comparison set is review_index or an aspect such as noise, 0 to 100. Correct it."),
    "one_above_half_of_nights": N_("No hotel of a comparison set has more than half of its room nights, or it could be recognised. Leave the line out."),
    "below_equal_share": N_("The largest hotel of a set has an equal share at least. Write its share in per cent, such as 31."),
    "no_rooms": N_("A comparison set has room nights to sell. Correct their number, or leave the line out."),
    "above_rooms": N_("More room nights are sold than there were. Correct one of the two numbers."),
    "month_and_days": N_("Say the month, or the first and the last day. Leave one of the two empty."),
    "long_span": N_("A comparison set is told for 366 days at most. Divide the line into shorter spans."),
    "span_told_twice": N_("These days of the set are told by another line or another source already. Leave one of them out."),
    "spans_meet": N_("Some of these days of the set stand in another line or another source already. Correct the days."),
    "ends_before_start": N_("The last day is before the first. Correct one of the two."),
    "registers_after": N_("Nobody can register after the event. Choose an earlier day."),
    "places": N_("An event has 1 to 100,000 places. Correct them, or leave them empty where there is no limit."),
    "came_and_cancelled": N_("Whoever came, or did not come, had not cancelled. Correct the status, or leave the cancellation empty."),
    "cancelled_before": N_("The cancellation is before the registration. Correct one of the two."),
    "left_before_joined": N_("The last day of work is before the first. Correct one of the two."),
    "no_such_person": N_("There is nobody of this number among the people who work here. Bring them in first, and then this line again."),
    "no_such_course": N_("There is no course of this code. Correct it, or add the course first."),
    "certificate_told_twice": N_("This certificate of the person and day is told by another line or source already. Leave one of them out."),
    "expires_before_earned": N_("The certificate ends before it begins. Correct one of the two days."),
    "long_note": N_("A note has at most 200 characters. Shorten it."),
    "no_such_kind": N_("There is no such kind of movement. Correct it."),
    "sign": N_("Earned points are above zero, and none are 0. Write what is taken back as reverse or adjust, and leave out what moves nothing."),
    "too_many": N_("At most 1,000,000,000 points move at once. Correct the points."),
    "no_currency": N_("Say in which currency the amount is."),
    "other_currency_points": N_("The loyalty programme counts in another currency. Write the amount in the programme's."),
    "other_content": N_("The ledger has another movement under this number. A movement is never changed: take it back by a reversal."),
    "above_balance": N_("The member has fewer points than this takes, on this day or on a later one. Correct the points or the day, "
        "or bring in the points that are missing first."),
    "spent_already": N_("The points that this takes back were spent already. Take that movement back first."),
    "reverses_missing": N_("A reversal needs the number of the movement that it takes back. Fill in the column reverses."),
    "before_reversed": N_("A movement cannot be reversed before its own day. Correct the day."),
    "issued_after": N_("Points are issued on the day of their movement or before. Correct the day of issue."),
    "nothing_to_reverse": N_("There is no movement of this number and member to take back. Correct the number, or bring that movement in first."),
    "reversed_already": N_("This movement was taken back already. Leave the line out."),
    "a_reversal": N_("A reversal is not taken back: bring the movement in anew, under another number."),
    "in_part": N_("A reversal takes back the whole movement, with the opposite sign. Correct the points."),
    "follows": N_("This movement follows from others. Take those back, or adjust the points."),
    "no_such_code": N_("There is no such referral code. Correct it, or fill in the number of the member who recommends."),
    "other_code": N_("This referral code is another member's. Correct the code or the member's number."),
    "referral_of": N_("The row does not say who recommends. Fill in the code or the member's number."),
    "own_referral": N_("A member cannot invite themselves. Correct the member's number or the guest."),
    "no_such_event": N_("There is no event of this number. Bring in the events first, and then this line again."),
    "hotel": N_("Write City Hotel or Resort Hotel."),
}

# The file came in, and this is worth knowing.
WARNINGS = {
    "no_rows": N_("The file has a header and no rows: there was nothing to bring in."),
    "same_file": N_("This very file was imported before (batch {batch}). Its rows are not brought in again."),
    "columns_ignored": N_("These columns are not known and were left out: {columns}."),
    "blank_lines": N_("Blank lines, not counted as rows: {n}."),
    "moves_rows": N_("Property {property}: {new} new rows, {changed} changed."),
    "moves_reservations": N_("Reservations: {n}."),
    "moves_stays": N_("Stays that took place: {n}."),
    "moves_nights": N_("Room nights: {n}."),
    "moves_guests": N_("Guests known by name among them: {n}."),
    "moves_revenue": N_("Room revenue: {amount} {currency}."),
    "moves_days": N_("Reservations from {first} to {last}; months that are touched: {n}."),
    "skipped": N_("Lines above the header and below the table that are no rows: {n}."),
    "dropped": N_("These columns hold what is never stored and were left out: {columns}."),
    "unsure": N_("Not certain: {said}"),
    "rooms": N_("Rows whose booking has several rows: {n}. Each is a stay of its own."),
    "further_room": N_("Further rooms of bookings with several rooms: {n}. Each is a stay of its own, with its share of the amounts."),
    "amended": N_("Rows of bookings that were changed or cancelled further down in the file: {n}. The last state counts."),
    "paired": N_("Bookings that another file has brought already: {n}. They were completed, not doubled."),
    "words": N_("Rows whose {column} is not known and was taken as another word: {n} ({values})."),
    "card_like": N_("Numbers that could be payment cards by their digits, in columns that hold numbers of another kind: {n}. "
        "They were kept; check the columns."),
    "unlinked": N_("Rows whose guest or booking is not here: {n}. They are kept without."),
    "points_opened": N_("Members whose points enter the ledger as an opening balance: {n}. These points are of unknown age: they are used "
        "first, and do not expire by age."),
    "points_differ": N_("Members of whom the file shows other points than the ledger: {n}. The ledger counts: bring in the movements that "
        "are missing, or adjust the points."),
    "points_corrected": N_("Members whose opening balance was lowered or raised, because movements from before it came in: {n}."),
    "transfers_differ": N_("Points that were transferred out and in do not cancel out. There are {n} too many or too few: check these movements."),
    "still_closed": N_("Members whom the file has as active and who are closed here: {n}. They stay closed."),
    "no_rate": N_("Campaigns with amounts in a currency without an exchange rate: {n}. They are kept. Enter the rate in Settings, or figures with money "
        "leave them out."),
    "times_counted": N_("Campaigns with more opens or clicks than messages that arrived: {n}. These count times, not people, and were left out."),
    "plan_fixed": N_("Campaigns whose plan is fixed here and differs in the file: {n}. The plan stays."),
    "resent": N_("Messages of a campaign to somebody who has one of it already, without a number of their own: {n}. The first one counts."),
    "repeated_events": N_("Things that happened to a message and are told already, with the same link and moment: {n}. Each counts once."),
    "unsubscribe_links": N_("Clicks on a link to unsubscribe or to change preferences: {n}. They are kept, and count as no click of a person."),
    "scanner_clicks": N_("Clicks on several links within 10 seconds of the message: {n}. A scanner makes such clicks; they count as no click of a person."),
    "no_control": N_("Campaigns of whose people nobody was held out: {n}. What they caused cannot be told."),
    "few_in_arm": N_("Arms with nobody or one person only: {n}. That is too few to tell anything."),
    "repeated_number": N_("Rows whose number stands again further down in the file: {n}. The last one counts."),
    "equal_records": N_("Rows without a number that equal another row: {n}. All are kept."),
    "repeated": N_("Rows whose booking stands again further down in the file: {n}. The last one counts."),
    "equal_rows": N_("Rows without a confirmation number that equal another row: {n}. "
        "All are kept, because each may be a room of its own."),
    "properties_created": N_("Properties created from the file: {codes}. "
        "Complete their name and rooms in Settings, or occupancy cannot be told."),
    "channels_created": N_("Channels created from the file: {codes}. Check their kind, commission and cost in Settings."),
    "segment": N_("Rows whose segment is not known and was taken as “other”: {n}."),
    "country": N_("Rows whose country is not known and was left empty: {n} ({values})."),
    "relay": N_("Rows with a travel site's relay address, which is not the guest's own and was left out: {n}."),
    "rounded": N_("Amounts with more decimals than their currency has, rounded to its smallest unit: {n}."),
    "day_use": N_("Rows that arrive and depart on the same day: {n}. They count no night."),
    "nobody": N_("Rows with nobody in the party: {n}."),
    "unidentified": N_("Rows without a guest identity: {n}. They count in stay figures, never in guest figures."),
    "consent_unproven": N_("Consents left out because no guest or no date is given: {n}. Without both they prove nothing."),
}


class ImportProblem(ValueError):
    """A file that cannot be used at all: nothing was written. Its text says in the reader's language what to do."""

    def __init__(self, code: str, **values):
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self) -> str:
        return t(PROBLEMS[self.code], **self.values)


class Unsettled(ImportProblem):
    """Something about a file that a person must say. `asks` names the field of the form, "property" or "mapping"; `choices` may be it."""

    def __init__(self, code: str, asks: str, choices: tuple[str, ...] = (), **values):
        super().__init__(code, choices="|".join(choices), **values)
        self.asks, self.choices = asks, choices


class Cancelled(ImportProblem):
    """The import was stopped by whoever started it: nothing was written."""


class Fault(ValueError):
    """A value that a line cannot come in with; `rule` is a key of RULES."""

    def __init__(self, rule: str):
        super().__init__(rule)
        self.rule = rule


def reason(rule: str) -> str:
    """Return why a line was kept out and what to do, in the language in use."""
    return t(RULES[rule])


def warning(code: str, values: dict) -> str:
    """Return a warning in the language in use."""
    return t(WARNINGS[code], **values)

"""The demo's chance: named streams and inverse tables."""
import numpy as np

from crm_core.ingest.demo.streams import Streams, in_order_of, pick, quantile, ranks, whole


def test_a_stream_gives_the_same_numbers_again_whatever_was_drawn_before():
    streams = Streams(7, "group", 3)
    first = streams.draw("lead", 5)
    streams.draw("gap", 1000)
    assert np.array_equal(first, streams.draw("lead", 5))


def test_streams_differ_by_seed_profile_name_and_block():
    draws = [Streams(7, "group", 3), Streams(8, "group", 3), Streams(7, "independent", 3), Streams(7, "group", 4)]
    values = [s.draw("lead", 1)[0] for s in draws] + [draws[0].draw("gap", 1)[0]]
    assert len(set(values)) == 5


def test_the_numbers_are_the_same_on_every_machine():
    assert Streams(7, "group", 0).draw("lead", 2).round(6).tolist() == [0.187426, 0.011265]


def test_a_table_picks_by_its_shares_which_need_not_add_up_to_one():
    assert pick(np.array([0, .24, .25, .99]), (1, 3)).tolist() == [0, 0, 1, 1]


def test_each_uniform_can_have_a_table_of_its_own():
    assert pick(np.array([.4, .4]), np.array([[.5, .5], [.1, .9]])).tolist() == [0, 1]


def test_quantiles_are_joined_by_straight_lines():
    assert quantile(np.array([0, .25, .5, 1]), ((0, 1), (.5, 10), (1, 20))).tolist() == [1, 5.5, 10, 20]


def test_coupling_keeps_the_values_and_takes_the_order_of_the_score():
    assert in_order_of(np.array([5, 1, 3]), np.array([.2, .9, .1])).tolist() == [3, 5, 1]


def test_ranks_are_evenly_spread():
    assert ranks(np.array([30, 10, 20, 40])).tolist() == [.625, .125, .375, .875]


def test_expected_counts_become_whole_numbers_of_the_same_mean():
    assert whole(np.full(10, 1.3), (np.arange(10) + .5) / 10).tolist() == [1] * 7 + [2] * 3

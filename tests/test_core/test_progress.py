from mmpose_addons_core.progress import progress_bar, track


def test_bar_counts_what_was_done(capsys):
    with progress_bar('Images', 8, completed=3) as advance:
        advance(2)
    shown = capsys.readouterr().out
    assert 'Images' in shown
    assert '5/8' in shown


def test_track_gives_all_items_and_their_number(capsys):
    assert list(track([4, 5, 6], 'Numbers')) == [4, 5, 6]
    assert '3/3' in capsys.readouterr().out
    assert list(track(iter('ab'), 'Letters', total=2)) == ['a', 'b']
    assert '2/2' in capsys.readouterr().out
    assert list(track((c for c in 'ab'), 'Letters')) == ['a', 'b']
    assert '2/?' in capsys.readouterr().out


def test_stopped_early(capsys):
    for number in track(range(9), 'Numbers'):
        if number == 4:
            break
    del number
    assert '9/9' not in capsys.readouterr().out


def test_disabled_shows_nothing(capsys):
    assert list(track([1, 2], 'Numbers', disable=True)) == [1, 2]
    assert capsys.readouterr().out == ''

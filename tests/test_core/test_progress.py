import io

from rich.console import Console

from mmpose_addons_core.progress import progress_bar, share_bar, track


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


def test_a_log_file_gets_ten_lines_of_a_share():
    stream = io.StringIO()
    with share_bar('training', Console(file=stream)) as show:
        for step in range(1, 101):
            show(step / 100, f'loss {step}')
    lines = stream.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[0].startswith('training: 10%, loss 10, 0:0')
    assert lines[-1] == 'training: 100%, loss 100, 0:00 left'


def test_a_terminal_gets_a_bar_of_a_share():
    stream = io.StringIO()
    with share_bar('training', Console(file=stream, force_terminal=True)) as show:
        show(0.5, 'loss 2')
    assert 'training' in stream.getvalue()
    assert '50%' in stream.getvalue()

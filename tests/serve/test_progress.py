import io
import time

from csworkbook.serve.progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_quick_things_say_nothing():
    said = io.StringIO()
    with progress("Reading", after=5, stream=said):
        pass
    assert said.getvalue() == ""


def test_slow_things_say_what_is_going_on_once():
    said = io.StringIO()
    with progress("Reading", after=0.05, stream=said):
        time.sleep(0.3)
    assert said.getvalue() == "Reading\n"


def test_a_terminal_counts_and_is_left_clean():
    said = Terminal()
    with progress("Reading", after=0.01, stream=said):
        time.sleep(1.2)
    assert said.getvalue().startswith("\rReading ")
    assert said.getvalue().endswith("\r\x1b[2K")

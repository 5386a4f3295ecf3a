"""Something that a test opens and a fake waits for, without looking at a clock."""

import os


class Gate:
    def __init__(self):
        self._event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        return self._event

    def open(self):
        os.eventfd_write(self._event, 1)  # stays readable: every waiter, now or later, goes through

    def __del__(self):
        os.close(self._event)

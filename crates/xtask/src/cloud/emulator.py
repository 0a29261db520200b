"""Runs MiniStack without Nagle's algorithm.

It hands a function its event in two small writes; the second waited until the function acknowledged the first,
40 ms in each invocation but the first.
"""

import runpy
import socketserver

socketserver.StreamRequestHandler.disable_nagle_algorithm = True
runpy.run_module("ministack", run_name="__main__", alter_sys=True)

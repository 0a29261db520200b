"""Starts localstripe on this machine's own address and in memory.

Its own start listens on all addresses and shares one file in /tmp with every other localstripe.
"""

import sys

from aiohttp import web
from localstripe import resources, server

resources.Store.dump_to_disk = lambda self: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)

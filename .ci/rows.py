"""Sends rows as one writes it by hand, in batches of 10,000 that are acknowledged: rows.py <file of rows> <count>"""
import asyncio
import json
import sys

from websockets.asyncio.server import serve

with open(sys.argv[1]) as file:
    rows = json.load(file)
count = int(sys.argv[2])


async def send(socket):
    for offset in range(0, count, 10_000):
        begin = offset % len(rows)
        await socket.send(json.dumps(rows[begin : begin + 10_000]))
        assert await socket.recv() == "ACK"


async def main():
    async with serve(send, "127.0.0.1", 0) as server:
        print(f"benchmark server on port {server.sockets[0].getsockname()[1]}", flush=True)
        await server.wait_closed()


asyncio.run(main())

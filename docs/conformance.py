#!/usr/bin/env python3
"""Checks whether a server speaks the protocol of streams as streams.md specifies it.

    python conformance.py ws://localhost:8080/ws/rows --source trades
    python conformance.py ws://localhost:8080/ws/prices --topic prices --format cbor

Needs Python 3.9 or later and nothing else. The source has to offer the same rows each time, enough for ten batches. The
topic has to publish a message every few seconds. Exits with 1 if a check fails.
"""
import argparse, base64, hashlib, json, os, socket, ssl, struct, sys, time
from urllib.parse import urlsplit

MAX_NUMBER = 2**53 - 1
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Failure(Exception):
    """What was seen in place of what the rule demands."""


def demand(condition, seen):
    if not condition:
        raise Failure(shorten(seen))


def shorten(value):
    text = str(value)
    return text if len(text) <= 300 else text[:300] + "…"


# ---- Formats ----


class Json:
    binary = False

    @staticmethod
    def encode(value):
        return json.dumps(value).encode()

    @staticmethod
    def decode(message):
        return json.loads(message)


class Reader:
    """Reads numbers and bytes one after the other."""

    def __init__(self, message):
        self.message, self.index = message, 0

    def bytes(self, count):
        self.index += count
        demand(self.index <= len(self.message), "a message that ends too early")
        return self.message[self.index - count:self.index]

    def number(self, count):
        return int.from_bytes(self.bytes(count), "big")

    def unpack(self, kind):
        return struct.unpack(">" + kind, self.bytes(struct.calcsize(kind)))[0]


class Cbor:
    binary = True
    BREAK = object()

    @classmethod
    def encode(cls, value):
        if value is None or isinstance(value, bool):
            return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
        if isinstance(value, int):
            return cls.head(0, value) if value >= 0 else cls.head(1, -1 - value)
        if isinstance(value, float):
            return b"\xfb" + struct.pack(">d", value)
        if isinstance(value, bytes):
            return cls.head(2, len(value)) + value
        if isinstance(value, str):
            return cls.head(3, len(value.encode())) + value.encode()
        if isinstance(value, list):
            return cls.head(4, len(value)) + b"".join(map(cls.encode, value))
        return cls.head(5, len(value)) + b"".join(cls.encode(k) + cls.encode(v) for k, v in value.items())

    @staticmethod
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        size = next(size for size in range(4) if number < 1 << (8 << size))
        return bytes([major << 5 | 24 + size]) + number.to_bytes(1 << size, "big")

    @classmethod
    def decode(cls, message):
        reader = Reader(message)
        value = cls.read(reader)
        demand(reader.index == len(message), "something after the frame")
        return value

    @classmethod
    def read(cls, reader):
        first = reader.number(1)
        major, low = first >> 5, first & 31
        if major == 7 and low > 24:
            return cls.BREAK if low == 31 else reader.unpack({25: "e", 26: "f", 27: "d"}[low])
        if major == 7:
            return {20: False, 21: True}.get(low)
        number = low if low < 24 else None if low == 31 else reader.number(1 << low - 24)
        if major < 2:
            return number if major == 0 else -1 - number
        if major < 4:
            data = b"".join(cls.values(reader, None)) if number is None and major == 2 else \
                "".join(cls.values(reader, None)) if number is None else reader.bytes(number)
            return data.decode() if major == 3 and isinstance(data, bytes) else data
        if major == 4:
            return cls.values(reader, number)
        if major == 5:
            flat = cls.values(reader, None if number is None else 2 * number)
            return dict(zip(flat[::2], flat[1::2]))
        return [f"tag {number}", cls.read(reader)]

    @classmethod
    def values(cls, reader, count):
        values = []
        while count is None or len(values) < count:
            value = cls.read(reader)
            if value is cls.BREAK:
                break
            values.append(value)
        return values


class MessagePack:
    binary = True

    @classmethod
    def encode(cls, value):
        if value is None or isinstance(value, bool):
            return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
        if isinstance(value, int):
            return b"\xd3" + struct.pack(">q", value) if value < 1 << 63 else b"\xcf" + struct.pack(">Q", value)
        if isinstance(value, float):
            return b"\xcb" + struct.pack(">d", value)
        if isinstance(value, bytes):
            return b"\xc6" + struct.pack(">I", len(value)) + value
        if isinstance(value, str):
            return b"\xdb" + struct.pack(">I", len(value.encode())) + value.encode()
        if isinstance(value, list):
            return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(cls.encode, value))
        return b"\xdf" + struct.pack(">I", len(value)) + b"".join(
            cls.encode(k) + cls.encode(v) for k, v in value.items())

    @classmethod
    def decode(cls, message):
        reader = Reader(message)
        value = cls.read(reader)
        demand(reader.index == len(message), "something after the frame")
        return value

    @classmethod
    def read(cls, reader):
        code = reader.number(1)
        if code < 0x80 or code >= 0xE0:
            return code if code < 0x80 else code - 256
        if code < 0x90:
            return cls.map(reader, code & 15)
        if code < 0xA0:
            return [cls.read(reader) for _ in range(code & 15)]
        if code < 0xC0:
            return reader.bytes(code & 31).decode()
        if code in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[code]
        if code in (0xCA, 0xCB) or 0xCC <= code <= 0xD3:
            return reader.unpack("fdBHIQbhiq"[code - 0xCA])
        if 0xC4 <= code <= 0xC6:
            return reader.bytes(reader.number(1 << code - 0xC4))
        if 0xC7 <= code <= 0xC9:
            return reader.bytes(reader.number(1 << code - 0xC7) + 1)
        if 0xD4 <= code <= 0xD8:
            return reader.bytes((1 << code - 0xD4) + 1)
        if 0xD9 <= code <= 0xDB:
            return reader.bytes(reader.number(1 << code - 0xD9)).decode()
        if code in (0xDC, 0xDD):
            return [cls.read(reader) for _ in range(reader.number(2 << code - 0xDC))]
        demand(code in (0xDE, 0xDF), f"MessagePack of type {code:#x}")
        return cls.map(reader, reader.number(2 << code - 0xDE))

    @classmethod
    def map(cls, reader, size):
        return {cls.read(reader): cls.read(reader) for _ in range(size)}


FORMATS = {"json": Json, "cbor": Cbor, "msgpack": MessagePack}

# ---- A WebSocket (RFC 6455) ----


class Peer:
    """A connection that does only what it is told, except that it answers pings."""

    def __init__(self, options, subprotocol="default"):
        self.options = options
        self.format = FORMATS[options.format] if subprotocol else Json
        self.buffer = b""
        subprotocol = f"resumable.v1.{options.format}" if subprotocol == "default" else subprotocol
        url = urlsplit(options.url)
        port = url.port or (443 if url.scheme == "wss" else 80)
        self.socket = socket.create_connection((url.hostname, port), options.patience)
        if url.scheme == "wss":
            self.socket = ssl.create_default_context().wrap_socket(self.socket, server_hostname=url.hostname)
        key = base64.b64encode(os.urandom(16)).decode()
        path = (url.path or "/") + ("?" + url.query if url.query else "")
        lines = [f"GET {path} HTTP/1.1", f"Host: {url.netloc}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"Sec-WebSocket-Protocol: {subprotocol}"] if subprotocol else []
        lines += options.header
        self.socket.sendall("\r\n".join(lines + ["", ""]).encode())
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status, *fields = head.decode("latin-1").split("\r\n")
        demand(status.split()[1] == "101", status)
        self.headers = {name.lower(): value.strip() for name, value in (field.split(":", 1) for field in fields)}
        accept = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        demand(self.headers.get("sec-websocket-accept") == base64.b64encode(accept).decode(), head)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.socket.close()

    def fill(self):
        data = self.socket.recv(65536)
        demand(data, "the server has closed the TCP connection")
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def write(self, opcode, payload):
        size = len(payload)
        head = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size) if size < 65536 else \
            b"\xff" + struct.pack(">Q", size)
        # A mask of zeros is one, and leaves the payload as it is.
        self.socket.sendall(bytes([0x80 | opcode]) + head + bytes(4) + payload)

    def message(self):
        parts, kind = [], None
        while True:
            first, size = self.take(2)
            size = size if size < 126 else struct.unpack(">H", self.take(2))[0] if size == 126 else \
                struct.unpack(">Q", self.take(8))[0]
            payload, opcode = self.take(size), first & 15
            if opcode == PING:
                self.write(PONG, payload)
            elif opcode == CLOSE:
                raise Failure(f"the server has closed the connection: {payload[:2].hex()} {payload[2:]}")
            elif opcode != PONG:
                kind = opcode or kind
                parts.append(payload)
                if first & 0x80:
                    demand((kind == BINARY) == self.format.binary, f"a message of kind {kind}")
                    return b"".join(parts)

    # ---- Frames ----

    def send(self, type, **fields):
        self.send_bytes(self.format.encode({"type": type, **fields}))

    def send_bytes(self, payload, binary=None):
        self.write(BINARY if (self.format.binary if binary is None else binary) else TEXT, payload)

    def open(self, stream="s1", source=None, **fields):
        name = source or self.options.source or self.options.topic
        request = {"request": self.options.request} if self.options.request else {}
        self.send("open", stream=stream, source=name, **{**request, **fields})

    def ack(self, batch):
        self.send("ack", stream=batch["stream"], offset=end(batch))

    def receive(self):
        try:
            return self.format.decode(self.message())
        except socket.timeout:
            raise Failure(f"nothing within {self.options.patience} s") from None

    def expect(self, type, **fields):
        """Takes the next frame, which must have these fields; a field that is None must be left out."""
        frame = self.receive()
        demand(frame["type"] == type and all(frame.get(name) == value for name, value in fields.items()), frame)
        return frame

    def find(self, type, **fields):
        """Reads on to the next frame of a type, past batches and what opens streams."""
        while True:
            frame = self.receive()
            if frame["type"] == type:
                demand(all(frame.get(name) == value for name, value in fields.items()), frame)
                return frame
            demand(frame["type"] in ("opened", "batch"), frame)

    def silent(self):
        """Nothing comes but the answer to a ping."""
        self.send("ping")
        self.expect("pong")
        time.sleep(0.1)
        self.send("ping")
        self.expect("pong")

    def refused(self, code="bad-frame", **fields):
        """The frame before was refused, and the connection goes on."""
        error = self.expect("error", code=code, **fields)
        demand(isinstance(error.get("message"), str), error)
        self.silent()

    def opened(self, **fields):
        """Opens a stream and takes what opens it."""
        self.open(**fields)
        return self.find("opened", stream=fields.get("stream", "s1"))


def end(batch):
    return batch["offset"] + len(batch["items"])


# ---- Checks ----

CHECKS = []


def check(rule, *needs):
    """Registers a check: `needs` are options that it depends on, or formats."""

    def register(function):
        CHECKS.append((rule, needs, function))
        return function

    return register


def refusals(opens):
    """Registers a check for each open that is to be refused, named by what is wrong with it."""
    for reason, fields in opens.items():
        def function(peer, fields=fields):
            peer.open(**fields)
            peer.refused(stream=None if "stream" in fields else "s1")

        check(f"an open is refused for {reason}")(function)


@check("the server selects the subprotocol that is offered")
def _(peer):
    demand(peer.headers.get("sec-websocket-protocol") == f"resumable.v1.{peer.options.format}", peer.headers)


@check("a client that offers no subprotocol gets JSON")
def _(peer):
    with Peer(peer.options, None) as other:
        demand("sec-websocket-protocol" not in other.headers, other.headers)
        other.send("ping")
        other.expect("pong")


@check("a ping is answered by a pong")
def _(peer):
    peer.send("ping")
    demand(peer.receive() == {"type": "pong"}, "no pong")


@check("a frame of a type that the server does not know is ignored")
def _(peer):
    peer.send("news", stream="s1", more=[1, {"a": None}])
    peer.silent()


@check("a field that the server does not know is ignored")
def _(peer):
    peer.send("ping", more={"a": [1, {"b": 2}]}, stream=5, offset=-1)
    peer.expect("pong")


@check("a field that is null counts as left out")
def _(peer):
    peer.opened(ref=None, window=None, **{"from": None})


@check("a message of the wrong kind, text or binary, is refused")
def _(peer):
    peer.send_bytes(peer.format.encode({"type": "ping"}) if peer.format.binary is False else b'{"type":"ping"}',
                    not peer.format.binary)
    peer.refused(stream=None)


@check("a message that cannot be read is refused")
def _(peer):
    peer.send_bytes(b"\x7b\x61" if not peer.format.binary else b"\xc1\xff")
    peer.refused()


@check("an empty message is refused")
def _(peer):
    peer.send_bytes(b"")
    peer.refused(stream=None)


@check("a frame that is no object is refused")
def _(peer):
    peer.send_bytes(peer.format.encode([{"type": "ping"}]))
    peer.refused(stream=None)


@check("something after the frame is refused")
def _(peer):
    peer.send_bytes(2 * peer.format.encode({"type": "ping"}))
    peer.refused(stream=None)


@check("a frame without a type is refused")
def _(peer):
    peer.send_bytes(peer.format.encode({"stream": "s1"}))
    peer.refused(stream="s1")


@check("an open without a stream is refused")
def _(peer):
    peer.send("open", source="x", ref="r1")
    peer.refused(stream=None, ref="r1")


@check("an open that is refused is named by its stream and its ref")
def _(peer):
    peer.send("open", stream="s1", ref="r1")
    peer.refused(stream="s1", ref="r1")


@check("a frame that is no open is refused without a ref")
def _(peer):
    peer.send("ack", stream="s1", ref="r1", offset=-1)
    peer.refused(stream="s1", ref=None)


@check("a name of 128 UTF-16 code units is accepted")
def _(peer):
    for name in "x" * 128, "\U0001F600" * 64:
        peer.opened(stream=name, ref=name)


refusals({
    "a name of 129 characters": {"stream": "x" * 129},
    "a name of 64 astral characters and another one": {"stream": "\U0001F600" * 64 + "x"},
    "an empty name": {"stream": ""},
    "a name that is no text": {"stream": 5},
    "an empty ref": {"ref": ""},
    "a ref of 129 characters": {"ref": "x" * 129},
    "a ref with a control character": {"ref": "a\x7f"},
    "a source of 257 characters": {"source": "x" * 257},
    "a window of 0": {"window": 0},
    "a window of -1": {"window": -1},
    "a window of 1.5": {"window": 1.5},
    "a window of 2^53": {"window": 2**53},
    "a window that is a text": {"window": "8"},
    "a request that is no object": {"request": [1]},
    "a from that is no object": {"from": 7},
    "a from without an epoch": {"from": {"offset": 0}},
    "a from without an offset": {"from": {"epoch": "e"}},
    "a from with an offset of -1": {"from": {"epoch": "e", "offset": -1}},
    "a from with an offset of 2^53": {"from": {"epoch": "e", "offset": 2**53}},
    "an epoch of 1025 characters": {"from": {"epoch": "x" * 1025, "offset": 0}},
    "more than 1000 values": {"request": {"a": list(range(1001))}},
})


@check("a name with a control character is refused, and not repeated")
def _(peer):
    peer.open(stream="a\nb")
    peer.refused(stream=None)


@check("a request that is nested 100 deep is refused")
def _(peer):
    request = {}
    for _ in range(100):
        request = {"a": request}
    peer.open(request=request)
    peer.refused()


@check("half of a surrogate pair is refused", "json")
def _(peer):
    peer.send_bytes(rb'{"type":"cancel","stream":"\ud800"}')
    peer.refused(stream=None)


@check("a key that is no text is refused, in the frame and in its request", "cbor", "msgpack")
def _(peer):
    for key in 1, b"a":
        peer.send_bytes(peer.format.encode({"type": "cancel", "stream": "s1", key: 1}))
        peer.refused()
        peer.open(request={key: 1})
        peer.refused()


@check("a whole number may be written as 2.0")
def _(peer):
    demand(peer.opened(window=1.0)["window"] == 1, "another window")


@check("a whole number may be written as 1e0 or 10e-1", "json")
def _(peer):
    for number in "1e0", "10e-1":
        name = peer.options.source or peer.options.topic
        peer.send_bytes(f'{{"type":"open","stream":"{number}","source":"{name}","window":{number}}}'.encode())
        peer.find("opened", stream=number, window=1)


@check("`opened` comes first, and tells epoch, offset, recovered, missing and window")
def _(peer):
    peer.open(ref="r1")
    opened = peer.expect("opened", stream="s1", ref="r1", recovered=False, missing=0)
    demand(isinstance(opened["epoch"], str) and opened["offset"] >= 0 and opened["window"] >= 1, opened)


@check("`opened` has no ref if the open had none")
def _(peer):
    demand("ref" not in peer.opened(), "a ref")


@check("`opened` grants no wider window than is asked for")
def _(peer):
    demand(peer.opened(window=1)["window"] == 1, "another window")


@check("the largest window is that of the server, which counts if none is asked for")
def _(peer):
    most = peer.opened(stream="s1", window=MAX_NUMBER)["window"]
    demand(peer.opened(stream="s2")["window"] == most, most)


@check("an unknown source is refused, with the ref of the open")
def _(peer):
    peer.open(source="no such source", ref="r1")
    peer.refused("unknown-source", stream="s1", ref="r1")


@check("a name is free after its open is refused")
def _(peer):
    peer.open(source="no such source")
    peer.expect("error")
    peer.opened(ref="r2")


@check("a name that is open is refused with the ref of the second open, and the first goes on")
def _(peer):
    peer.open(ref="r1")
    peer.open(ref="r2")
    peer.find("error", code="stream-exists", stream="s1", ref="r2")
    peer.send("cancel", stream="s1")
    peer.find("cancelled", stream="s1", ref="r1")


@check("an acknowledgement of a stream that was never open is refused")
def _(peer):
    peer.send("ack", stream="s7", offset=1)
    peer.refused("unknown-stream", stream="s7", ref=None)


@check("an offset that was never sent is refused with the ref of the stream, which goes on")
def _(peer):
    peer.opened(ref="r1", window=1)
    peer.send("ack", stream="s1", offset=MAX_NUMBER)
    peer.find("error", code="bad-offset", stream="s1", ref="r1")
    peer.send("cancel", stream="s1")
    peer.find("cancelled", ref="r1")


@check("a cancel is confirmed with the ref of the open")
def _(peer):
    peer.opened(ref="r1")
    peer.send("cancel", stream="s1")
    peer.find("cancelled", stream="s1", ref="r1")


@check("a cancel is confirmed without a ref if the open had none")
def _(peer):
    peer.opened()
    peer.send("cancel", stream="s1")
    peer.find("cancelled", stream="s1", ref=None)


@check("a second cancel, and one of a name that was never open, are confirmed without a ref")
def _(peer):
    peer.opened(ref="r1")
    peer.send("cancel", stream="s1")
    peer.find("cancelled")
    for name in "s1", "s7":
        peer.send("cancel", stream=name)
        peer.expect("cancelled", stream=name, ref=None)


@check("nothing of a stream comes after its cancel is confirmed")
def _(peer):
    peer.opened()
    peer.send("cancel", stream="s1")
    peer.find("cancelled")
    peer.silent()


@check("nothing of an earlier open of a name comes once it is opened again, twenty times")
def _(peer):
    for i in range(20):
        peer.open(ref=f"r{i}")
        peer.send("cancel", stream="s1")
    confirmed, ref = 0, None
    while confirmed < 20:
        frame = peer.receive()
        if frame["type"] == "batch":
            demand(ref == f"r{confirmed}", f"a batch after cancel {confirmed}, of open {ref}")
        else:
            demand(frame["type"] in ("opened", "cancelled") and frame["ref"] == f"r{confirmed}", frame)
            ref = frame["ref"] if frame["type"] == "opened" else None
            confirmed += frame["type"] == "cancelled"


@check("answers come in the order of the frames that they answer")
def _(peer):
    peer.send("ping")
    peer.send("cancel", stream="s1")
    peer.send("ack", stream="s7", offset=1)
    peer.send("ack", stream="s8")
    peer.open(source="no such source")
    peer.send("ping")
    answers = [peer.receive() for _ in range(6)]
    seen = [answer.get("code", answer["type"]) for answer in answers]
    demand(seen == ["pong", "cancelled", "unknown-stream", "bad-frame", "unknown-source", "pong"], seen)


@check("more pings than the server keeps answers for are all answered")
def _(peer):
    for _ in range(500):
        peer.send("ping")
    for _ in range(500):
        peer.expect("pong")


@check("another epoch is told by recovered:false without missing")
def _(peer):
    opened = peer.opened(**{"from": {"epoch": "no such epoch", "offset": 3}})
    demand(opened["recovered"] is False and "missing" not in opened, opened)


# ---- Sources ----


@check("a source begins with offset 0, and batches follow one another by offset", "source")
def _(peer):
    opened = peer.opened()
    demand(opened["offset"] == 0, opened)
    offset = 0
    for _ in range(10):
        batch = peer.expect("batch", stream="s1", offset=offset)
        demand(isinstance(batch["items"], list) and batch["items"], "a batch without items")
        offset = end(batch)
        peer.ack(batch)


@check("a batch has no ref", "source")
def _(peer):
    peer.opened(ref="r1")
    demand("ref" not in peer.expect("batch"), "a ref")


@check("no more batches come than the window holds", "source")
def _(peer):
    for window in 1, 2:
        peer.opened(stream=f"s{window}", window=window)
        for _ in range(window):
            peer.expect("batch")
        peer.silent()


@check("each batch that is acknowledged makes room for another one", "source")
def _(peer):
    peer.opened(window=2)
    batches = [peer.expect("batch"), peer.expect("batch")]
    for _ in range(5):
        peer.ack(batches.pop(0))
        batches.append(peer.expect("batch", offset=end(batches[-1])))
        peer.silent()


@check("an acknowledgement is cumulative", "source")
def _(peer):
    peer.opened(window=2)
    peer.expect("batch")
    peer.ack(peer.expect("batch"))
    peer.expect("batch")
    peer.expect("batch")
    peer.silent()


@check("a batch counts as acknowledged with its last row only", "source")
def _(peer):
    peer.opened(window=1)
    batch = peer.expect("batch")
    while len(batch["items"]) == 1:
        peer.ack(batch)
        batch = peer.expect("batch")
    peer.send("ack", stream="s1", offset=end(batch) - 1)
    peer.silent()
    peer.ack(batch)
    peer.expect("batch")


@check("an acknowledgement that says nothing new is ignored", "source")
def _(peer):
    peer.opened(window=1)
    batch = peer.expect("batch")
    peer.ack(batch)
    peer.expect("batch", offset=end(batch))
    peer.ack(batch)
    peer.send("ack", stream="s1", offset=0)
    peer.silent()


@check("a stream whose window is full holds no other stream up", "source")
def _(peer):
    peer.opened(stream="s1", window=1)
    peer.expect("batch", stream="s1")
    peer.opened(stream="s2", window=1)
    for _ in range(3):
        peer.ack(peer.expect("batch", stream="s2"))


@check("a cancel ends no other stream", "source")
def _(peer):
    peer.opened(stream="s1", window=1)
    peer.expect("batch", stream="s1")
    peer.opened(stream="s2", window=1)
    batch = peer.expect("batch", stream="s2")
    peer.send("cancel", stream="s1")
    peer.expect("cancelled", stream="s1")
    peer.ack(batch)
    peer.expect("batch", stream="s2", offset=end(batch))


@check("a source continues at an offset with the rows that it had there before", "source")
def _(peer):
    opened = peer.opened(stream="s1", window=1)
    batch = peer.expect("batch")
    while len(batch["items"]) == 1:
        peer.ack(batch)
        batch = peer.expect("batch")
    offset = batch["offset"] + 1
    again = peer.opened(stream="s2", window=1, **{"from": {"epoch": opened["epoch"], "offset": offset}})
    demand(again["offset"] == offset and again["recovered"] is True and again["missing"] == 0, again)
    rows = peer.expect("batch", stream="s2", offset=offset)["items"]
    demand(rows[0] == batch["items"][1], f"{rows[0]} instead of {batch['items'][1]}")


@check("a source of another epoch begins with offset 0", "source")
def _(peer):
    demand(peer.opened(**{"from": {"epoch": "no such epoch", "offset": 3}})["offset"] == 0, "another offset")


@check("a source that is asked for what comes after its last row ends there, or refuses", "source")
def _(peer):
    opened = peer.opened(stream="s1", window=1)
    peer.expect("batch")
    position = {"epoch": opened["epoch"], "offset": MAX_NUMBER}
    peer.open(stream="s2", ref="r2", **{"from": position})
    frame = peer.receive()
    if frame["type"] == "opened":
        demand(frame["offset"] == MAX_NUMBER and frame["recovered"] is True and frame["missing"] == 0, frame)
        frame = peer.receive()
    demand(frame["type"] == "error" or frame["type"] == "end" and frame["offset"] == MAX_NUMBER, frame)
    demand(frame["stream"] == "s2" and frame["ref"] == "r2", frame)
    peer.opened(stream="s2", window=1)


@check("the end tells the offset after the last row, and the ref", "source", "rows")
def _(peer):
    rows = peer.options.rows
    epoch = peer.opened(stream="s0", window=1)["epoch"]
    peer.expect("batch")
    peer.opened(ref="r1", **{"from": {"epoch": epoch, "offset": rows - 1}})
    demand(end(peer.expect("batch", offset=rows - 1)) == rows, "other rows")
    peer.expect("end", stream="s1", ref="r1", offset=rows)


@check("an acknowledgement after the end is taken, and the name is free", "source", "rows")
def _(peer):
    epoch = peer.opened(stream="s0", window=1)["epoch"]
    peer.expect("batch")
    peer.opened(**{"from": {"epoch": epoch, "offset": peer.options.rows - 1}})
    batch = peer.expect("batch")
    peer.expect("end")
    peer.ack(batch)
    peer.silent()
    peer.opened(ref="r2", window=1)


@check("a cancel after the end is confirmed without a ref", "source", "rows")
def _(peer):
    epoch = peer.opened(stream="s0", window=1)["epoch"]
    peer.expect("batch")
    peer.opened(ref="r1", **{"from": {"epoch": epoch, "offset": peer.options.rows}})
    peer.expect("end")
    peer.send("cancel", stream="s1")
    peer.expect("cancelled", stream="s1", ref=None)


# ---- Topics ----


@check("a topic begins with its next message", "topic")
def _(peer):
    opened = peer.opened()
    peer.expect("batch", stream="s1", offset=opened["offset"])


@check("a topic continues with the messages that the client has not got", "topic")
def _(peer):
    opened = peer.opened()
    batch = peer.expect("batch")
    again = peer.opened(stream="s2", **{"from": {"epoch": opened["epoch"], "offset": opened["offset"]}})
    demand(again["offset"] == opened["offset"] and again["recovered"] is True and again["missing"] == 0, again)
    while True:
        frame = peer.expect("batch")
        if frame["stream"] == "s2":
            demand(frame["items"][0] == batch["items"][0], frame)
            return


@check("a topic does not go back to an offset that it has not reached", "topic")
def _(peer):
    position = {"epoch": peer.opened()["epoch"], "offset": MAX_NUMBER}
    peer.open(stream="s2", ref="r2", **{"from": position})
    frame = peer.receive()
    while frame["stream"] == "s1":
        frame = peer.receive()
    if frame["type"] == "opened":
        demand(frame["offset"] == MAX_NUMBER and frame["recovered"] is True and frame["missing"] == 0, frame)
    else:
        demand(frame["type"] == "error" and frame["code"] == "bad-position" and frame["ref"] == "r2", frame)


# ---- Sessions ----


def resume(peer, session):
    peer.send("session", token=session["token"])
    return peer.expect("session")


def begin_and_leave(peer, **fields):
    """Begins a session in which one batch is acknowledged, and loses its connection."""
    with Peer(peer.options) as leaving:
        leaving.send("session")
        session = leaving.expect("session", recovered=False)
        leaving.opened(**fields)
        batch = leaving.expect("batch")
        leaving.ack(batch)
        leaving.send("cancel", stream="other")
        leaving.find("cancelled")
        return session, end(batch)


@check("a session has an id and a token")
def _(peer):
    peer.send("session")
    session = peer.expect("session", recovered=False)
    demand(isinstance(session["id"], str) and isinstance(session["token"], str), session)


@check("an unknown token begins a new session")
def _(peer):
    peer.send("session", token="nonsense")
    peer.expect("session", recovered=False)


@check("a session is asked for once")
def _(peer):
    peer.send("session")
    peer.expect("session")
    peer.send("session")
    peer.refused(stream=None)


@check("a session is asked for before the first open")
def _(peer):
    peer.opened()
    peer.send("session")
    peer.find("error", code="bad-frame", stream=None)


@check("frames behind a session are read in order once it is granted")
def _(peer):
    peer.send("session")
    peer.send("ping")
    peer.open(source="no such source", ref="r1")
    peer.expect("session")
    peer.expect("pong")
    peer.expect("error", code="unknown-source", ref="r1")


@check("a token is good once")
def _(peer):
    with Peer(peer.options) as first:
        first.send("session")
        session = first.expect("session")
    again = resume(peer, session)
    demand(again["recovered"] is True and again["id"] == session["id"] and again["token"] != session["token"], again)
    with Peer(peer.options) as thief:
        demand(resume(thief, session)["recovered"] is False, "a token that was good twice")


@check("a session opens its streams again where they were acknowledged, with their ref", "source")
def _(peer):
    session, offset = begin_and_leave(peer, ref="r1", window=2)
    demand(resume(peer, session)["recovered"] is True, "a new session")
    peer.expect("opened", stream="s1", ref="r1", offset=offset, recovered=True, missing=0, window=2)
    peer.expect("batch", offset=offset)


@check("streams of a session are open before frames behind it are read", "source")
def _(peer):
    session, _ = begin_and_leave(peer, ref="before")
    peer.send("session", token=session["token"])
    peer.open(ref="behind")
    peer.expect("session", recovered=True)
    peer.find("error", code="stream-exists", stream="s1", ref="behind")


@check("a session does not open a stream again that was cancelled", "source")
def _(peer):
    with Peer(peer.options) as leaving:
        leaving.send("session")
        session = leaving.expect("session")
        leaving.opened()
        leaving.send("cancel", stream="s1")
        leaving.find("cancelled")
    demand(resume(peer, session)["recovered"] is True, "a new session")
    peer.silent()


# ---- All of them ----


def run(options):
    with Peer(options):
        passed = failed = 0
    for rule, needs, function in CHECKS:
        formats = set(needs) & set(FORMATS)
        if formats and options.format not in formats or not all(getattr(options, n) for n in set(needs) - formats):
            continue
        try:
            with Peer(options) as peer:
                function(peer)
            passed += 1
            print(f"ok      {rule}", flush=True)
        except (Failure, OSError, LookupError, TypeError, ValueError) as failure:
            failed += 1
            seen = failure if isinstance(failure, Failure) else f"{type(failure).__name__}: {failure}"
            print(f"FAILED  {rule}: {shorten(seen)}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="such as ws://localhost:8080/ws/rows")
    parser.add_argument("--source", help="name of a source that the server offers there")
    parser.add_argument("--topic", help="name of a topic that the server offers there")
    parser.add_argument("--request", type=json.loads, default={}, help="parameters for the source, in JSON")
    parser.add_argument("--rows", type=int, help="how many rows the source has, to check its end")
    parser.add_argument("--format", choices=FORMATS, default="json")
    parser.add_argument("--header", action="append", default=[], help="a header of the handshake, 'Name: value'")
    parser.add_argument("--patience", type=float, default=30, help="seconds to wait for an answer")
    options = parser.parse_args()
    if not options.source and not options.topic:
        parser.error("--source or --topic is needed")
    sys.exit(0 if run(options) else 1)


if __name__ == "__main__":
    main()

# The few words of redis-py that the pages use, for machines without it: the samples run against a real server all the same.
import socket


class Redis:
    def __init__(self, host="localhost", port=6379, decode_responses=False):
        assert decode_responses
        self._file = socket.create_connection((host, port), 5).makefile("rwb")

    def _say(self, *words):
        self._file.write(f"*{len(words)}\r\n".encode() + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
        self._file.flush()
        return self._reply()

    def _reply(self):
        line = self._file.readline().decode().strip()
        if line[0] == "$":
            return None if line == "$-1" else self._file.read(int(line[1:]) + 2)[:-2].decode()
        if line[0] == "*":
            return [self._reply() for _ in range(int(line[1:]))]
        if line[0] == "-":
            raise RuntimeError(line)
        return int(line[1:]) if line[0] == ":" else line[1:]

    def hgetall(self, name):
        words = self._say("HGETALL", name)
        return dict(zip(words[::2], words[1::2]))

    def hget(self, name, key):
        return self._say("HGET", name, key)

    def pipeline(self, transaction=True):
        return _Pipeline(self)

    def pubsub(self, ignore_subscribe_messages=False):
        assert ignore_subscribe_messages
        return _Listener(self)


class _Listener:
    def __init__(self, redis):
        self._redis = redis

    def psubscribe(self, pattern):
        self._redis._say("PSUBSCRIBE", pattern)

    def listen(self):
        while True:
            kind, _, channel, data = self._redis._reply()
            yield {"type": kind, "channel": channel, "data": data}


class _Pipeline:
    def __init__(self, redis):
        self._redis, self._asked = redis, []

    def hget(self, name, key):
        self._asked.append((name, key))

    def execute(self):
        return [self._redis.hget(*words) for words in self._asked]

"""A mail server that writes down each message that it accepts, before it answers; and may misbehave.

As a program: python -m tests.newsletter.smtp_server PORT FILE. A line of FILE is "recipient message-id".
"""

import asyncio
import sys
from threading import Thread

# What a recipient's local part begins with decides how the server treats the message.
AT_RCPT = {
    "rcpt421": "421 4.3.2 closing",
    "rcpt450": "450 4.2.1 mailbox busy",
    "rcpt550": "550 5.1.1 no such user",
}
AT_DATA = {"data450": "450 4.7.1 greylisted", "data550": "550 5.7.1 no"}
AT_DOT = {"dot421": "421 4.3.2 closing", "dot450": "450 4.3.0 later", "dot550": "550 5.7.1 spam"}


class SmtpServer:
    """Serves on 127.0.0.1 in a thread of its own. `accepted`: [(recipient, message as bytes)].

    `greeting` and `hello` are said in place of the usual; `tls` is an SSLContext to begin with, `start_tls`
    one to change to, `login` the only "user:password" that is taken.
    """

    def __init__(
        self, path=None, *, port=0, greeting="220 smtp_server", extensions=(), misbehave=True
    ):
        self.path, self.port, self.greeting = path, port, greeting
        self.extensions, self.misbehave = list(extensions), misbehave
        self.accepted, self.connections, self.commands = [], 0, []
        self.every_rcpt = ""  # the reply to every recipient, such as that of greylisting
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *error):
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def recipients(self):
        return [recipient for recipient, _ in self.accepted]

    def _serve(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self):
        self._server = await asyncio.start_server(self.talk, "127.0.0.1", self.port, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self):
        self._server.close()
        for writer in list(self._writers):
            writer.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def talk(self, reader, writer):
        self.connections += 1
        self._writers.add(writer)
        try:
            await Conversation(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def write_down(self, recipient, message):
        self.accepted.append((recipient, message))
        if self.path:
            start = message.lower().index(b"message-id: <") + 13
            message_id = message[start : message.index(b">", start)].decode()
            with open(self.path, "a") as file:
                file.write(f"{recipient} {message_id}\n")


class Conversation:
    def __init__(self, smtp_server, reader, writer):
        self.smtp_server, self.reader, self.writer = smtp_server, reader, writer
        self.recipient = ""

    def say(self, line):
        self.writer.write(line.encode() + b"\r\n")

    def behaviour(self, table):
        if not self.smtp_server.misbehave:
            return None
        return next((line for name, line in table.items() if self.recipient.startswith(name)), None)

    async def run(self):
        self.say(self.smtp_server.greeting)
        while line := await self.reader.readline():
            command = line.strip().decode("ascii", "replace")
            self.smtp_server.commands.append(command)
            verb = command[:4].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            if await self.answer(verb, command) == "hang up":
                return
            await self.writer.drain()

    async def answer(self, verb, command):
        if verb == "EHLO":
            self.say("250-smtp_server")
            for extension in self.smtp_server.extensions:
                self.say(f"250-{extension}")
            self.say("250 8BITMIME")
        elif verb == "RCPT":
            self.recipient = command[command.index("<") + 1 : command.index(">")]
            return self.refuse(AT_RCPT, self.smtp_server.every_rcpt or "250 ok")
        elif verb == "DATA":
            return await self.data()
        elif verb == "STAR":
            self.say("454 4.7.0 no TLS just now")
        elif verb == "AUTH":
            self.say("535 5.7.8 wrong password")
        else:
            self.say("250 ok")
        return None

    def refuse(self, table, otherwise):
        line = self.behaviour(table) or otherwise
        self.say(line)
        return "hang up" if line.startswith("421") else None

    async def data(self):
        if line := self.behaviour(AT_DATA):
            self.say(line)
            return None
        self.say("354 go on")
        if self.recipient.startswith("cut") and self.smtp_server.misbehave:
            await self.reader.readline()
            return "hang up"
        message = await self.reader.readuntil(b"\r\n.\r\n")
        if self.recipient.startswith("lost") and self.smtp_server.misbehave:
            return "hang up"
        if self.recipient.startswith("hang") and self.smtp_server.misbehave:
            await asyncio.sleep(3600)
        if line := self.behaviour(AT_DOT):
            self.say(line)
            return "hang up" if line.startswith("421") else None
        self.smtp_server.write_down(self.recipient, message[:-3])
        self.say("250 2.0.0 taken")
        return None


async def main(port, path):
    smtp_server = SmtpServer(path, port=port, misbehave=False)
    server = await asyncio.start_server(smtp_server.talk, "127.0.0.1", port, limit=2**20)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))

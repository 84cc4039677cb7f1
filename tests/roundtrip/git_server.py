"""A Git server over SSH on loopback, with a private repository: who has no key of it is refused."""

import asyncio
import subprocess
import threading
from pathlib import Path

import asyncssh

NAME = "git.example.com"
WHO = ("-c", "user.name=Test", "-c", "user.email=test@example.com")


class GitServer:
    """
    A repository `git@git.example.com:dags.git`, whose deploy key can be revoked.

    + directory: where the repository and its working copy are
    """

    def __init__(self, directory: Path):
        self.bare, self.work = directory / "dags.git", directory / "work"
        self._key, self._host_key = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
        self.allowed = {self._key.export_public_key()}
        self._loop = asyncio.new_event_loop()
        git("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        git("clone", "--quiet", str(self.bare), str(self.work))

    def start(self) -> "GitServer":
        started = threading.Event()
        threading.Thread(target=self._serve, args=(started,), daemon=True).start()
        started.wait(10)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    @property
    def deploy_key(self) -> str:
        return self._key.export_private_key().decode()

    @property
    def known_host(self) -> str:
        return f"{NAME} {self._host_key.export_public_key().decode().strip()}"

    def push(self, name: str, text: str) -> str:
        """Commit a file; the commit."""
        (self.work / name).write_text(text)
        git("-C", str(self.work), "add", name)
        git("-C", str(self.work), *WHO, "commit", "--quiet", "--message", name)
        git("-C", str(self.work), "push", "--quiet", "origin", "HEAD:main")
        return git("-C", str(self.work), "rev-parse", "HEAD")

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        served = self

        class Access(asyncssh.SSHServer):
            def begin_auth(self, username):
                return True

            def public_key_auth_supported(self):
                return True

            def validate_public_key(self, username, key):
                return username == "git" and key.export_public_key() in served.allowed

        server = asyncssh.create_server(Access, "127.0.0.1", 0, server_host_keys=[self._host_key], process_factory=self._fetched, encoding=None)
        self.port = self._loop.run_until_complete(server).get_port()
        started.set()
        self._loop.run_forever()

    async def _fetched(self, process: asyncssh.SSHServerProcess) -> None:
        verb = (process.command or "").partition(" ")[0]
        if verb != "git-upload-pack":
            process.exit(1)
            return
        pack = await asyncio.create_subprocess_exec("git-upload-pack", str(self.bare), stdin=-1, stdout=-1, stderr=-1)
        await process.redirect(stdin=pack.stdin, stdout=pack.stdout, stderr=pack.stderr)
        process.exit(await pack.wait())


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.strip()

"""A Git server over SSH on loopback, with a private repository: who has no key of it is refused. As a program it serves a folder until its stdin ends."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncssh

NAME = "git.example.com"
WHO = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
ALLOWED = "allowed"


class GitServer:
    """
    A repository `git@git.example.com:dags.git`, whose deploy key can be revoked.

    + directory: an empty one, for the repository, its working copy and the keys
    """

    def __init__(self, directory: Path):
        directory.mkdir(exist_ok=True)
        self.directory, self.work = directory, directory / "work"
        git("init", "--quiet", "--bare", "--initial-branch=main", str(directory / "dags.git"))
        git("clone", "--quiet", str(directory / "dags.git"), str(self.work))
        for name in ("host", "deploy"):
            asyncssh.generate_private_key("ssh-ed25519").write_private_key(directory / name)
        self.allow()

    def start(self) -> "GitServer":
        self.process = subprocess.Popen([sys.executable, __file__, str(self.directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(10)

    @property
    def deploy_key(self) -> str:
        return (self.directory / "deploy").read_text()

    @property
    def known_host(self) -> str:
        return f"{NAME} {public(self.directory / 'host')}"

    def allow(self) -> None:
        """Let the deploy key in."""
        (self.directory / ALLOWED).write_text(public(self.directory / "deploy"))

    def revoke(self) -> None:
        """Let nobody in."""
        (self.directory / ALLOWED).write_text("")

    def push(self, name: str, text: str) -> str:
        """Commit a file; the commit."""
        (self.work / name).write_text(text)
        git("-C", str(self.work), "add", name)
        git("-C", str(self.work), *WHO, "commit", "--quiet", "--message", name)
        git("-C", str(self.work), "push", "--quiet", "origin", "HEAD:main")
        return git("-C", str(self.work), "rev-parse", "HEAD")


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.strip()


def public(key: Path) -> str:
    return asyncssh.read_private_key(key).export_public_key().decode().strip()


async def serve(directory: Path) -> None:
    class Access(asyncssh.SSHServer):
        def begin_auth(self, username):
            return True

        def public_key_auth_supported(self):
            return True

        def validate_public_key(self, username, key):
            return username == "git" and key.export_public_key().decode().strip() == (directory / ALLOWED).read_text()

    async def fetched(process):
        if not (process.command or "").startswith("git-upload-pack "):
            process.exit(1)
            return
        pack = await asyncio.create_subprocess_exec("git-upload-pack", str(directory / "dags.git"), stdin=-1, stdout=-1, stderr=-1)
        await process.redirect(stdin=pack.stdin, stdout=pack.stdout, stderr=pack.stderr)
        process.exit(await pack.wait())

    server = await asyncssh.create_server(Access, "127.0.0.1", 0, server_host_keys=[directory / "host"], process_factory=fetched, encoding=None)
    print(server.get_port(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))

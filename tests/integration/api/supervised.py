"""A supervisor over stand-in children, run as a process of its own so that it can be killed.

    python -m tests.integration.api.supervised FOLDER [hung|refusing]

It prints one JSON line when a control process serves, and appends to FOLDER/freed when it frees a lease.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path

from app.children import ChildSpec
from app.serve import Supervisor, listen

CONTROL = """
import os, select, socket, sys, time
listener, life = socket.socket(fileno=int(sys.argv[1])), socket.socket(fileno=int(sys.argv[2]))
mode = sys.argv[3]
if mode == "refusing":
    sys.exit(78)
life.send(b"R")
beat = time.monotonic()
while True:
    ready, _, _ = select.select([listener, life], [], [], 0.1)
    if life in ready and not life.recv(64):
        sys.exit(0)
    if mode != "hung" and time.monotonic() - beat > 0.2:
        life.send(b".")
        beat = time.monotonic()
    if listener in ready:
        connection, _ = listener.accept()
        connection.recv(64)
        connection.sendall(str(os.getpid()).encode())
        connection.close()
"""
WORKER = "import time\nwhile True: time.sleep(1)\n"


async def main(folder: Path, port: int, mode: str) -> int:
    freed = folder / "freed"

    async def free_lease() -> None:
        freed.open("a").write("freed\n")

    def control(lock: Path, listen_fd: int, life_fd: int) -> ChildSpec:
        arguments = (str(listen_fd), str(life_fd), mode)
        return ChildSpec(
            name="control",
            command=(sys.executable, "-c", CONTROL, *arguments),
            lock=lock,
            fds=(listen_fd, life_fd),
        )

    supervisor = Supervisor(
        run_dir=folder,
        listen=lambda: listen("127.0.0.1", port),
        control=control,
        workers=[
            ChildSpec(
                name="media-1",
                command=(sys.executable, "-c", WORKER),
                lock=folder / "media-1.lock",
                own_session=True,
            )
        ],
        free_lease=free_lease,
        on_ready=lambda port: print(json.dumps({"port": port}), flush=True),
        hung_s=1.0,
    )
    return await supervisor.run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    place = Path(sys.argv[1])
    wanted = json.loads(sys.argv[3]) if len(sys.argv) > 3 else 0
    sys.exit(asyncio.run(main(place, wanted, sys.argv[2] if len(sys.argv) > 2 else "well")))

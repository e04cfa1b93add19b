"""Takes the README's pictures: plays the tour until one of two has left, and looks at the chat page.

python -m bot.demo.pictures docs/screenshots
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bot.demo.playground import KITCHEN, open_playground
from bot.demo.tour import FAST_BOT, FAST_SANDBOX, begin, leave
from bot.sandbox.screenshots import CannotPicture, take_pictures


async def take(folder: Path) -> int:
    """Write the pictures into *folder* and name them; return the exit status."""
    async with open_playground(os.environ, 0, FAST_BOT, *FAST_SANDBOX) as ground:
        evening = await begin(ground, lambda text: None)
        await leave(evening, "Ann")
        people = ground.people
        groups = [ground.groups[evening.bar], ground.groups[KITCHEN]]
        columns = [people["Ann"].id, people["Bob"].id, *groups, people["Ada"].id]
        show = ",".join(map(str, columns))
        try:
            pictures = await asyncio.to_thread(take_pictures, ground.url, folder, show, str(people["Ann"].id))
        except CannotPicture as error:
            sys.stderr.write(f"{error}\n")
            return 1
    sys.stdout.writelines(f"{picture}\n" for picture in pictures)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(take(Path(sys.argv[1]))))

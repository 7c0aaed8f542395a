"""The settings: type, rule and help text of each on its own line. `config.example.toml` explains them to operators.

They come from a TOML file and from the environment, which wins: `ALWAND_STORAGE__URL` sets `url` under `[storage]`. The province's
part is in `places.py`, the calendar in `times.py`, the machine's in `machine.py`; `loading.py` reads them and `faults.py` tells what is
wrong, in the words of the file.
"""

from bot.config.loading import Config, example, load

__all__ = ["Config", "example", "load"]

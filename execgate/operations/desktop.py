# ruff: noqa: E501 - a signature stands on one line
"""The screen, the keyboard, the mouse and the clipboard."""

from __future__ import annotations

from execgate.operations.effects import Accesses, Calls, Files
from execgate.operations.entry import Table, effect, nothing, returns

SCREEN = effect(Accesses("screen"))
INPUT = effect(Accesses("input"))
LISTENER = effect(
    Accesses("input"),
    *(Calls(name) for name in ("on_press", "on_release", "on_move", "on_click", "on_scroll")),
    gives="pynput.Listener",
)

TABLE: Table = {
    "pyautogui.screenshot(imageFilename, region, *args, **kwargs)": effect(
        Accesses("screen"), Files("write", ("imageFilename",)), gives="PIL.Image.Image"
    ),
    **{
        f"pyautogui.{name}(image, *args, **kwargs)": effect(Accesses("screen"), Files("read", ("image",)))
        for name in "locate locateAll locateAllOnScreen locateCenterOnScreen locateOnScreen".split()
    },
    "pyautogui.size()": SCREEN,
    "pyautogui.pixel(x, y)": SCREEN,
    "pyautogui.*(*args, **kwargs)": effect(Accesses("screen"), Accesses("input")),
    "pynput.keyboard.Listener(on_press, on_release, suppress, *, on_move, on_click, on_scroll, **kwargs)": LISTENER,
    "pynput.mouse.Listener(on_move, on_click, on_scroll, suppress, *, on_press, on_release, **kwargs)": LISTENER,
    "pynput.keyboard.GlobalHotKeys(hotkeys, *args, **kwargs)": effect(
        Accesses("input"), Calls("hotkeys[]"), gives="pynput.Listener"
    ),
    "pynput.Listener.start(self)": nothing(),
    "pynput.Listener.stop(self)": nothing(),
    "pynput.Listener.join(self, *args)": nothing(),
    "pynput.*(*args, **kwargs)": INPUT,
    "keyboard.on_press(callback, suppress)": effect(Accesses("input"), Calls("callback")),
    "keyboard.on_release(callback, suppress)": effect(Accesses("input"), Calls("callback")),
    "keyboard.hook(callback, suppress, on_remove)": effect(Accesses("input"), Calls("callback")),
    "keyboard.add_hotkey(hotkey, callback, args, *more, **kwargs)": effect(
        Accesses("input"), Calls("callback", arguments="args")
    ),
    "keyboard.*(*args, **kwargs)": INPUT,
    "mouse.hook(callback)": effect(Accesses("input"), Calls("callback")),
    "mouse.*(*args, **kwargs)": INPUT,
    "pyperclip.*(*args)": INPUT,
    "mss.mss(**kwargs)": returns("mss.MSS"),
    "mss.MSS.shot(self, *, output, mon, callback)": effect(
        Accesses("screen"), Files("write", ("output",), "monitor-1.png"), Calls("callback")
    ),
    "mss.MSS.save(self, *, output, mon, callback)": effect(
        Accesses("screen"), Files("write", ("output",), "monitor-1.png"), Calls("callback")
    ),
    "mss.MSS.grab(self, monitor)": SCREEN,
    "mss.MSS.close(self)": nothing(),
    "mss.tools.to_png(data, size, *, level, output)": effect(Files("write", ("output",))),
    "pyscreenshot.grab(*args, **kwargs)": effect(Accesses("screen"), gives="PIL.Image.Image"),
    "sounddevice.rec(*args, **kwargs)": effect(Accesses("hardware")),
    "pyttsx3.init(*args, **kwargs)": effect(Accesses("hardware")),
    "serial.Serial(port, *args, **kwargs)": effect(Accesses("hardware")),
}

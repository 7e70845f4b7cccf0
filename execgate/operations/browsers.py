# ruff: noqa: E501 - a signature stands on one line
"""Browsers that a program drives: which pages they open, and the files that they take and leave.

A browser is a program that is started; where it goes by itself, by a click or a script, is not seen.
"""

from __future__ import annotations

from execgate.operations.effects import Calls, Effect, Files, Reaches, Spawns
from execgate.operations.entry import Does, Table, effect, nothing, read, returns, write

API = "playwright.sync_api"
TYPE = f"{API}.BrowserType"
BROWSER = f"{API}.Browser"
CONTEXT = f"{API}.BrowserContext"
PAGE = f"{API}.Page"
LOCATOR = f"{API}.Locator"
REQUESTS = f"{API}.APIRequestContext"
DOWNLOAD = f"{API}.Download"
DRIVER = "selenium.webdriver.Remote"
ELEMENT = "selenium.webdriver.remote.webelement.WebElement"
STARTS = Spawns(None, fixed=("browser",))
OPTIONS = "*, base_url, proxy, storage_state, record_video_dir, record_har_path, **kwargs"


def _opens(gives: str) -> Does:
    """Return a context or page, with what it is told to read, record and go through."""
    return effect(
        Reaches(url="proxy.server", method="connect"),
        Files("read", ("storage_state",)),
        Files("write", ("record_video_dir", "record_har_path")),
        gives=gives,
        keeps=("base_url",),
    )


def _asks(method: str, url: str = "url") -> Does:
    return effect(Reaches(url=url, base="self.base_url", method=method), gives=f"{API}.APIResponse")


def _launches(*more: Effect, gives: str = BROWSER) -> Does:
    return effect(
        STARTS,
        Spawns("executable_path"),
        Reaches(url="proxy.server", method="connect"),
        *more,
        gives=gives,
    )


def _finds(owner: str) -> Table:
    """Return the methods of a page, frame or locator that find a part of it."""
    return {
        f"{owner}.{name}(self, *args, **kwargs)": returns(LOCATOR)
        for name in """
            locator frame_locator get_by_alt_text get_by_label get_by_placeholder get_by_role get_by_test_id
            get_by_text get_by_title query_selector wait_for_selector
        """.split()
    }


DRIVES = effect(STARTS, gives=DRIVER)

TABLE: Table = {
    f"{API}.sync_playwright()": returns(f"{API}.Playwright"),
    "playwright.async_api.async_playwright()": returns(f"{API}.Playwright"),
    f"{API}.Playwright.start(self)": returns(f"{API}.Playwright"),
    f"{API}.Playwright.stop(self)": nothing(),
    f"{TYPE}.launch(self, *, executable_path, proxy, downloads_path, traces_dir, artifacts_dir, **kwargs)": _launches(
        Files("write", ("downloads_path", "traces_dir", "artifacts_dir"))
    ),
    f"{TYPE}.launch_persistent_context(self, user_data_dir, *, executable_path, proxy, base_url, downloads_path, traces_dir, artifacts_dir, record_video_dir, record_har_path, **kwargs)": _launches(
        Files("write", ("user_data_dir", "downloads_path", "traces_dir", "artifacts_dir")),
        Files("write", ("record_video_dir", "record_har_path")),
        gives=CONTEXT,
    ),
    f"{TYPE}.connect(self, endpoint, **kwargs)": effect(
        Reaches(url="endpoint", method="connect"), gives=BROWSER
    ),
    f"{TYPE}.connect_over_cdp(self, endpoint_url, **kwargs)": effect(
        Reaches(url="endpoint_url", method="connect"), gives=BROWSER
    ),
    f"{BROWSER}.new_page(self, {OPTIONS})": _opens(PAGE),
    f"{BROWSER}.new_context(self, {OPTIONS})": _opens(CONTEXT),
    f"{BROWSER}.start_tracing(self, *, categories, page, path, screenshots)": write("path"),
    f"{BROWSER}.close(self, *, reason)": nothing(),
    f"{CONTEXT}.new_page(self)": returns(PAGE),
    f"{CONTEXT}.wait_for_event(self, event, predicate, **kwargs)": returns(PAGE),
    f"{CONTEXT}.expect_page(self, *args, **kwargs)": returns(f"{API}.PageEvent"),
    f"{CONTEXT}.storage_state(self, *, path, **kwargs)": write("path"),
    f"{CONTEXT}.add_cookies(self, cookies)": nothing(),
    f"{CONTEXT}.close(self, *, reason)": nothing(),
    f"{API}.Tracing.start(self, **kwargs)": nothing(),
    f"{API}.Tracing.stop(self, *, path)": write("path"),
    f"{API}.Tracing.stop_chunk(self, *, path)": write("path"),
    **{
        f"{owner}.{line}": does
        for owner in (CONTEXT, PAGE)
        for line, does in {
            "add_init_script(self, script, *, path)": read("path"),
            "expose_function(self, name, callback)": effect(Calls("callback")),
            "expose_binding(self, name, callback)": effect(Calls("callback")),
            "route(self, url, handler, *, times)": effect(Calls("handler")),
            "route_web_socket(self, url, handler)": effect(Calls("handler")),
            "unroute(self, url, handler)": nothing(),
            "route_from_har(self, har, **kwargs)": read("har"),
            "on(self, event, f)": effect(Calls("f")),
            "once(self, event, f)": effect(Calls("f")),
            "set_default_timeout(self, timeout)": nothing(),
            "set_default_navigation_timeout(self, timeout)": nothing(),
        }.items()
    },
    f"{PAGE}.goto(self, url, *, referer, timeout, wait_until)": effect(
        Reaches(url="url", base="self.base_url", method="GET"), gives=f"{API}.APIResponse"
    ),
    f"{PAGE}.screenshot(self, *, path, **kwargs)": write("path"),
    f"{PAGE}.pdf(self, *, path, **kwargs)": write("path"),
    f"{PAGE}.set_input_files(self, selector, files, **kwargs)": read("files"),
    f"{PAGE}.add_script_tag(self, *, url, path, content, type)": effect(
        Files("read", ("path",)), Reaches(url="url", method="GET")
    ),
    f"{PAGE}.add_style_tag(self, *, url, path, content)": effect(
        Files("read", ("path",)), Reaches(url="url", method="GET")
    ),
    f"{PAGE}.expect_download(self, predicate, *, timeout)": returns(f"{API}.DownloadEvent"),
    f"{PAGE}.expect_popup(self, predicate, *, timeout)": returns(f"{API}.PageEvent"),
    f"{PAGE}.expect_file_chooser(self, predicate, *, timeout)": returns(f"{API}.FileChooserEvent"),
    f"{PAGE}.close(self, **kwargs)": nothing(),
    **{
        f"{PAGE}.{name}(self, *args, **kwargs)": nothing()
        for name in """
            check click content dblclick dispatch_event drag_and_drop emulate_media evaluate evaluate_handle
            eval_on_selector eval_on_selector_all fill focus get_attribute go_back go_forward hover inner_html
            inner_text input_value is_checked is_closed is_disabled is_enabled is_visible is_hidden press
            query_selector_all reload select_option set_content set_extra_http_headers set_viewport_size tap
            text_content title type uncheck wait_for_event wait_for_function wait_for_load_state
            wait_for_timeout wait_for_url
        """.split()
    },
    **_finds(PAGE),
    **_finds(LOCATOR),
    **{
        f"{LOCATOR}.{name}(self, *args, **kwargs)": returns(LOCATOR)
        for name in "and_ filter nth or_ element_handle content_frame".split()
    },
    **{
        f"{LOCATOR}.{name}(self, *args, **kwargs)": nothing()
        for name in """
            all all_inner_texts all_text_contents bounding_box check clear click count dblclick evaluate
            evaluate_all fill focus get_attribute hover inner_html inner_text input_value is_checked
            is_disabled is_enabled is_hidden is_visible press press_sequentially query_selector_all
            scroll_into_view_if_needed select_option tap text_content type uncheck wait_for
        """.split()
    },
    f"{LOCATOR}.screenshot(self, *, path, **kwargs)": write("path"),
    f"{LOCATOR}.set_input_files(self, files, **kwargs)": read("files"),
    f"{LOCATOR}.__iter__(self)": effect(each=LOCATOR),
    f"{DOWNLOAD}.save_as(self, path)": write("path"),
    f"{API}.Video.save_as(self, path)": write("path"),
    f"{API}.FileChooser.set_files(self, files, **kwargs)": read("files"),
    f"{API}.APIRequest.new_context(self, {OPTIONS})": _opens(REQUESTS),
    **{
        f"{REQUESTS}.{method}(self, url, **kwargs)": _asks(method.upper())
        for method in "delete get head patch post put".split()
    },
    f"{REQUESTS}.fetch(self, url_or_request, *, method, **kwargs)": _asks("=method", "url_or_request"),
    f"{REQUESTS}.storage_state(self, *, path, **kwargs)": write("path"),
    f"{REQUESTS}.dispose(self, *, reason)": nothing(),
    f"{API}.APIResponse.json(self)": nothing(),
    f"{API}.APIResponse.text(self)": nothing(),
    f"{API}.APIResponse.body(self)": nothing(),
    # Selenium
    **{
        f"selenium.webdriver.{name}(options, service, keep_alive)": DRIVES
        for name in "Chrome ChromiumEdge Edge Firefox Ie Safari WebKitGTK WPEWebKit".split()
    },
    f"{DRIVER}(command_executor, keep_alive, file_detector, options, locator_converter, web_element_cls, client_config)": effect(
        Reaches(url="command_executor", method="connect", default="http://localhost:4444"), gives=DRIVER
    ),
    **{
        f"selenium.webdriver.{name}.service.Service(executable_path, port, *, service_args, log_output, env, **kwargs)": effect(
            Spawns("executable_path"), Files("write", ("log_output",))
        )
        for name in "chrome chromium edge firefox ie safari".split()
    },
    f"{DRIVER}.get(self, url)": effect(Reaches(url="url", method="GET")),
    f"{DRIVER}.save_screenshot(self, filename)": write("filename"),
    f"{DRIVER}.get_screenshot_as_file(self, filename)": write("filename"),
    f"{DRIVER}.get_full_page_screenshot_as_file(self, filename)": write("filename"),
    f"{DRIVER}.save_full_page_screenshot(self, filename)": write("filename"),
    f"{DRIVER}.download_file(self, file_name, target_directory)": write("target_directory"),
    f"{DRIVER}.install_addon(self, path, temporary)": read("path"),
    f"{DRIVER}.execute_script(self, script, *args)": nothing(),
    f"{DRIVER}.execute_async_script(self, script, *args)": nothing(),
    f"{DRIVER}.find_element(self, by, value)": returns(ELEMENT),
    f"{DRIVER}.find_elements(self, by, value)": returns(ELEMENT),
    **{
        f"{DRIVER}.{name}(self, *args)": nothing()
        for name in """
            add_cookie back close delete_all_cookies delete_cookie forward fullscreen_window get_cookie
            get_cookies get_screenshot_as_base64 get_screenshot_as_png get_window_size implicitly_wait
            maximize_window minimize_window print_page quit refresh set_page_load_timeout set_script_timeout
            set_window_position set_window_size
        """.split()
    },
    f"{ELEMENT}.__iter__(self)": effect(each=ELEMENT),
    f"{ELEMENT}.__getitem__(self, index)": returns(ELEMENT),
    f"{ELEMENT}.find_element(self, by, value)": returns(ELEMENT),
    f"{ELEMENT}.find_elements(self, by, value)": returns(ELEMENT),
    f"{ELEMENT}.screenshot(self, filename)": write("filename"),
    **{
        f"{ELEMENT}.{name}(self, *args)": nothing()
        for name in """
            clear click get_attribute get_dom_attribute get_property is_displayed is_enabled is_selected
            send_keys submit value_of_css_property
        """.split()
    },
    "pyppeteer.launch(options, **kwargs)": effect(STARTS, gives="pyppeteer.Browser"),
    "pyppeteer.Browser.newPage(self)": returns(PAGE),
    "undetected_chromedriver.Chrome(options, **kwargs)": DRIVES,
}

ATTRIBUTES: dict[str, str] = {
    **{f"{API}.Playwright.{name}": TYPE for name in ("chromium", "firefox", "webkit")},
    f"{API}.Playwright.request": f"{API}.APIRequest",
    f"{CONTEXT}.tracing": f"{API}.Tracing",
    f"{CONTEXT}.request": REQUESTS,
    f"{PAGE}.request": REQUESTS,
    f"{PAGE}.context": CONTEXT,
    f"{PAGE}.main_frame": PAGE,
    f"{PAGE}.video": f"{API}.Video",
    f"{API}.DownloadEvent.value": DOWNLOAD,
    f"{API}.PageEvent.value": PAGE,
    f"{API}.FileChooserEvent.value": f"{API}.FileChooser",
    f"{LOCATOR}.first": LOCATOR,
    f"{LOCATOR}.last": LOCATOR,
}

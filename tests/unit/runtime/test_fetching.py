"""Only public https addresses are fetched from, by the address that was looked at."""

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.fetching import (
    AddressRefusedError,
    Reach,
    UnreachableError,
    check_address,
    is_public,
    resolve,
)

pytestmark = pytest.mark.anyio
SANDBOX = Reach(anywhere=True)
PRIVATE = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/29",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "::1/128",
    "64:ff9b::/96",
    "100::/64",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]
SOME_OF = st.sampled_from(PRIVATE).flatmap(
    lambda network: st.ip_addresses(network=ipaddress.ip_network(network))
)


@given(SOME_OF)
def test_no_address_outside_the_public_internet_is_public(address: Any) -> None:
    assert not is_public(str(address))
    if address.version == 4:
        assert not is_public(f"::ffff:{address}")
        assert not is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "::ffff:8.8.8.8", "145.100.190.1", "2a00:1450:400e:80d::200e"]
)
def test_an_address_of_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4).filter(lambda one: not is_public(str(one))))
def test_an_address_that_is_no_name_is_judged_before_it_is_asked(address: Any) -> None:
    with pytest.raises(AddressRefusedError):
        check_address(f"https://{address}/oeapi")
    assert check_address(f"http://{address}/oeapi", SANDBOX).hostname == str(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.nl/",
        "ftp://example.nl/",
        "file:///etc/passwd",
        "https://user:secret@example.nl/",
        "https://example.nl/#fragment",
        "https://example.nl/#",
        "https://",
        "https:///path",
        "https://example.nl:0/",
        "https://example.nl:99999/",
        "https://example.nl/a b",
        "https://example.nl\\@evil.example/",
        "https://exämple.nl/",
        "https://example.nl/\r\nX: y",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        f"https://example.nl/{'a' * 3000}",
        "",
    ],
)
def test_an_address_that_hides_something_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        check_address(url)


async def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "8.8.8.8", "10.0.0.1")

    with pytest.raises(AddressRefusedError):
        await resolve("example.nl", 443)
    assert await resolve("example.nl", 443, SANDBOX) == ["8.8.8.8", "10.0.0.1"]


async def test_a_name_that_leads_nowhere_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch)

    with pytest.raises(UnreachableError):
        await resolve("example.nl", 443)


def answer(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have these addresses."""

    def look_up(*_: object, **__: object) -> list[Any]:
        if not addresses:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

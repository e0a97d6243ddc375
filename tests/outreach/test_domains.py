"""A mailbox's provider is told where many people are with it, and nothing else of an address is."""
import pytest

from crm_core.outreach.domains import OF_DOMAIN, PROVIDERS, provider


@pytest.mark.parametrize(("address", "name"), [
    ("anna@gmail.com", "gmail.com"), ("Anna@GoogleMail.com ", "gmail.com"), ("rui@hotmail.co.uk", "outlook.com"), ("eva@me.com", "icloud.com"),
    ("ana@bk.ru", "mail.ru"), ("anna@weber-family.example", "other"), ("anna", ""), ("anna@", ""), (None, "")])
def test_an_address_is_told_by_its_large_provider_only(address, name):
    assert provider(address) == name


def test_every_domain_is_of_one_provider():
    assert len(OF_DOMAIN) == sum(map(len, PROVIDERS.values()))

"""The register's README and OpenAPI examples are true."""

import json
import re
from pathlib import Path

from services.demo.operating import Service, write_openapi
from shared.contracts.registration import Registration

README = Path(__file__).parents[3] / "services/registry/README.md"


def test_the_answer_in_the_readme_is_the_one_in_the_openapi_document() -> None:
    [shown] = re.findall(r"```json\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    paths = json.loads(write_openapi(Service.REGISTRY))["paths"]
    answer = paths["/registrations/{registrationId}"]["get"]["responses"]["200"]
    example = answer["content"]["application/json"]["example"]

    assert json.loads(shown) == example
    assert (
        Registration.model_validate(example).model_dump(mode="json", exclude_none=True) == example
    )

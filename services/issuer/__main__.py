"""The issuer's processes: serve, work and migrate."""

from shared.runtime.command import service_command

if __name__ == "__main__":
    service_command("services.issuer")()

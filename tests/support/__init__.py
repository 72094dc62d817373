"""What tests stand on; every module here is a pytest plugin, so its fixtures are everywhere."""

package io.dowding.cli;

final class DevCommand {
  DevCommand(boolean clean) {}

  int call() {
    return 1;
  }
}

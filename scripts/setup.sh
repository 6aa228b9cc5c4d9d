#!/usr/bin/env bash
# Installs what the build needs, where it is missing: `scripts/setup.sh`; with `ci` also what .ci/run needs.
# Debian and Ubuntu, as root or with sudo that asks no password; elsewhere it says what to install by hand.
set -euo pipefail

tools=(g++ cmake ninja-build make)
libraries=(nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev libgtest-dev libgmock-dev libbenchmark-dev)

say() { printf 'setup: %s\n' "$*" >&2; }

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# A tool that came from elsewhere than a package is as good.
has_tool() {
  case $1 in
    ninja-build) command -v ninja >/dev/null ;;
    nodejs) command -v node >/dev/null ;;
    g++) command -v "${CXX:-g++}" >/dev/null ;;
    clang) command -v clang++ >/dev/null ;;
    golang-go) command -v go >/dev/null ;;
    groff-base) command -v groff >/dev/null ;;
    # The sanitizers' runtime: a package of its own on some releases, part of clang on others.
    libclang-rt-dev) has_tool clang && compgen -G "$(clang++ -print-resource-dir)/lib/*/libclang_rt.asan*" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
  command -v apt-get >/dev/null || return 1
  [[ $EUID -eq 0 ]] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

install() {
  say "installing $*"
  as_root apt-get update -qq
  local package packages=()
  for package in "$@"; do
    if [[ $package != libclang-rt-dev ]] || apt-cache show "$package" >/dev/null 2>&1; then packages+=("$package"); fi
  done
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

# True when version $1 is at least version $2.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

check_versions() {
  local version
  version=$(cmake --version | sed -n 's/^cmake version \([0-9.]*\).*/\1/p')
  if ! at_least "$version" 3.25; then
    say "CMake $version is too old: 3.25 or newer is needed."
    say "A newer one: python3 -m pip install --user cmake (then put ~/.local/bin first in PATH), or https://apt.kitware.com"
    return 1
  fi
  # Only the default compiler is judged: who sets CXX has chosen.
  if [[ -z ${CXX:-} ]]; then
    version=$(g++ -dumpfullversion -dumpversion)
    if ! at_least "$version" 12; then
      say "g++ $version is too old: 12 or newer is needed, or clang 14."
      say "Where the system offers one beside it: apt-get install g++-12, then CXX=g++-12 make"
      return 1
    fi
  fi
}

# Chromium is what the tests look at reports with, groff at the manual page.
[[ ${1:-} != ci ]] || tools+=(clang clang-format clang-tidy libclang-rt-dev doxygen chromium groff-base parallel shellcheck yamllint git curl nodejs perl python3 ruby golang-go)
missing_tools=()
missing_libraries=()
for package in "${tools[@]}"; do has_tool "$package" || missing_tools+=("$package"); done
if command -v dpkg-query >/dev/null; then
  for package in "${libraries[@]}"; do is_installed "$package" || missing_libraries+=("$package"); done
fi

missing=("${missing_tools[@]}" "${missing_libraries[@]}")
if [[ ${#missing[@]} -gt 0 ]]; then
  if can_install; then
    install "${missing[@]}"
  elif [[ ${#missing_tools[@]} -gt 0 ]]; then
    say "missing, and not installed because that needs apt and root: ${missing[*]}"
    say "on Debian or Ubuntu: sudo apt-get install ${missing[*]}"
    exit 1
  else
    say "not installed (that needs root): ${missing[*]}; CMake will download these libraries instead"
    say "to spare the download: sudo apt-get install ${missing[*]}"
  fi
fi
check_versions

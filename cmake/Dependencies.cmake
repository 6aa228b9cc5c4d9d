# Packages of the system first; what is missing is downloaded at a pinned version.
include(FetchContent)

# The download happens only where find_package has not found the package.
macro(mznode_dependency package target url hash)
  find_package(${package} QUIET)
  if(NOT TARGET ${target})
    message(STATUS "${package} is not installed: downloading it (Debian and Ubuntu: scripts/setup.sh installs it)")
    FetchContent_Declare(${package} URL ${url} URL_HASH SHA256=${hash} SYSTEM)
    FetchContent_MakeAvailable(${package})
  endif()
endmacro()

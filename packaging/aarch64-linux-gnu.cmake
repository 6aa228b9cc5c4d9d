# A toolchain of CMake for Linux on arm64, on Debian's and Ubuntu's package g++-aarch64-linux-gnu. The libraries are
# headers only, so those of the machine that builds serve: libspdlog-dev and libfmt-dev have their CMake files in a
# directory of its processor, where CMake would not look.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
# Runs the program for its manual page and completions.
find_program(MZNODE_QEMU NAMES qemu-aarch64-static qemu-aarch64)
if(MZNODE_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${MZNODE_QEMU})
endif()
file(GLOB mznode_host_packages /usr/lib/*-linux-gnu/cmake/spdlog /usr/lib/*-linux-gnu/cmake/fmt)
foreach(directory IN LISTS mznode_host_packages)
  get_filename_component(package ${directory} NAME)
  set(${package}_DIR ${directory} CACHE PATH "")
endforeach()
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE arm64 CACHE STRING "")

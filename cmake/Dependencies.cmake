# Packages of the system first (scripts/setup.sh installs them on Debian and Ubuntu); what is missing is downloaded at a
# pinned version.
include(FetchContent)

macro(mznode_download name repository tag)
  message(STATUS "${name} is not installed: downloading ${tag} of ${repository}")
  set(CMAKE_POLICY_VERSION_MINIMUM 3.5)  # CMake 4 refuses what asks for an older one, as some of these do
  FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW TRUE SYSTEM)
  FetchContent_MakeAvailable(${name})
endmacro()

find_package(Threads REQUIRED)

find_package(nlohmann_json 3.9 QUIET)
if(NOT nlohmann_json_FOUND)
  set(JSON_Install ON)
  mznode_download(nlohmann_json https://github.com/nlohmann/json v3.11.2)
endif()

find_package(CLI11 QUIET)
if(NOT CLI11_FOUND)
  mznode_download(CLI11 https://github.com/CLIUtils/CLI11 v2.3.2)
endif()

# spdlog is used in one source file, header-only: its shared library would double the time a node takes to start.
add_library(mznode_spdlog INTERFACE)
find_package(spdlog QUIET)
if(spdlog_FOUND)
  find_package(fmt QUIET)
  target_include_directories(mznode_spdlog SYSTEM INTERFACE
    $<TARGET_PROPERTY:spdlog::spdlog_header_only,INTERFACE_INCLUDE_DIRECTORIES>)
  get_target_property(mznode_spdlog_definitions spdlog::spdlog_header_only INTERFACE_COMPILE_DEFINITIONS)
  if(mznode_spdlog_definitions MATCHES "SPDLOG_FMT_EXTERNAL")
    target_compile_definitions(mznode_spdlog INTERFACE SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY)
  endif()
else()
  mznode_download(spdlog https://github.com/gabime/spdlog v1.10.0)
  target_link_libraries(mznode_spdlog INTERFACE spdlog::spdlog_header_only)
endif()

if(MZNODE_TESTS)
  find_package(GTest QUIET)
  if(NOT GTest_FOUND)
    set(INSTALL_GTEST OFF)
    mznode_download(GTest https://github.com/google/googletest release-1.12.1)
  endif()
endif()

if(MZNODE_BENCH)
  find_package(benchmark QUIET)
  if(NOT benchmark_FOUND)
    set(BENCHMARK_ENABLE_TESTING OFF)
    mznode_download(benchmark https://github.com/google/benchmark v1.7.1)
  endif()
endif()

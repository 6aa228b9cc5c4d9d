# What every target of this project is compiled with.
function(mznode_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    # Contracted multiplications would make results depend on the machine.
    -ffp-contract=off)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms in its own string concatenation (GCC bug 105651).
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(MZNODE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  # Assertions stay on in release: a violated invariant must stop the program, not corrupt a run.
  target_compile_options(${target} PRIVATE -UNDEBUG)
  if(MZNODE_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${MZNODE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${MZNODE_SANITIZE})
  endif()
endfunction()

# Loading shared libraries takes longer than everything else a node does before it answers init.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LINK_OPTIONS -static)
check_cxx_source_compiles("#include <string>\nint main() { return static_cast<int>(std::string().size()); }"
                          MZNODE_CAN_LINK_STATICALLY)
unset(CMAKE_REQUIRED_LINK_OPTIONS)

# Links an executable without shared libraries, where the machine can. The sanitizers cannot.
function(mznode_link_statically target)
  if(MZNODE_CAN_LINK_STATICALLY AND NOT MZNODE_SANITIZE)
    target_link_options(${target} PRIVATE -static)
  endif()
endfunction()

# Compiles the sources of a target in batches, so that what they include is read and instantiated once a batch: a build of
# everything takes half the time, an edit of one file longer. Sources of one batch share their anonymous namespaces.
function(mznode_batches target size)
  if(MZNODE_BATCHES)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # To it, an anonymous namespace in a file that is included may stand in several units; these stand in one.
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
  endif()
endfunction()

# A library of this directory. Its own sources see the whole directory; others see what lies in include/, and what the
# libraries that it names see: an include of anything above or beside it does not compile. `EXPORTED` is part of the
# installed package, as mznode::<name>.
function(mznode_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXPORTED" "" "SOURCES;LIBRARIES")
  set(target mznode_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(mznode::${name} ALIAS ${target})
  mznode_defaults(${target})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
                                       PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC ${arg_LIBRARIES})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} INTERNALS ${CMAKE_CURRENT_SOURCE_DIR})
  if(arg_EXPORTED AND MZNODE_INSTALL)
    target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    install(TARGETS ${target} EXPORT mznodeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(DIRECTORY include/mznode DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.hpp)
  endif()
endfunction()

# Lets a test see what a library keeps to itself.
function(mznode_see_internals target)
  foreach(library IN LISTS ARGN)
    target_include_directories(${target} PRIVATE $<TARGET_PROPERTY:mznode_${library},INTERNALS>)
  endforeach()
endfunction()

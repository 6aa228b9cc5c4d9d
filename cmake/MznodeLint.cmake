# mznode_lint(<target-or-file>...)
#
# Checks, at every build, the sources of the targets and the given files for the coroutine forms that g++ 12 miscompiles
# silently, and for coroutines with dangling references (the rules stand in lint/mznode_lint.hpp). The build fails with
# FILE:LINE for each. Headers are checked when something that is checked includes them and they belong to the project:
# what lies below the directory of its project() command.
set(MZNODE_LINT_DIR ${CMAKE_CURRENT_LIST_DIR}/lint CACHE INTERNAL "")

function(mznode_lint)
  if(NOT TARGET mznode_lint_tool)
    add_executable(mznode_lint_tool ${MZNODE_LINT_DIR}/main.cpp ${MZNODE_LINT_DIR}/mznode_lint.cpp)
    target_compile_features(mznode_lint_tool PRIVATE cxx_std_20)
  endif()
  foreach(item IN LISTS ARGN)
    if(NOT TARGET ${item})
      get_filename_component(file ${item} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
      list(APPEND loose_files ${file})
      continue()
    endif()
    set(files)
    get_target_property(sources ${item} SOURCES)
    get_target_property(directory ${item} SOURCE_DIR)
    foreach(source IN LISTS sources)
      get_filename_component(file ${source} ABSOLUTE BASE_DIR ${directory})
      if(file MATCHES "\\.(c\\+\\+|cc|cpp|cxx|h|hh|hpp|hxx)$" AND EXISTS ${file})
        list(APPEND files ${file})
      endif()
    endforeach()
    set(directories $<TARGET_PROPERTY:${item},INCLUDE_DIRECTORIES>)
    mznode_lint_files(${item}_lint "$<$<BOOL:${directories}>:--include;$<JOIN:${directories},;--include;>>" ${files})
    add_dependencies(${item} ${item}_lint)
  endforeach()
  if(loose_files)
    string(MD5 name "${loose_files}")
    mznode_lint_files(mznode_lint_${name} "" ${loose_files})
  endif()
endfunction()

# Internal: a target that checks the files, and what they include, again whenever one of them changes.
function(mznode_lint_files name includes)
  set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${name}.stamp)
  add_custom_command(OUTPUT ${stamp}
    COMMAND mznode_lint_tool --follow ${PROJECT_SOURCE_DIR} --skip ${PROJECT_BINARY_DIR} "${includes}"
            --depfile ${stamp}.d ${stamp} ${ARGN}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${ARGN} mznode_lint_tool
    DEPFILE ${stamp}.d
    COMMAND_EXPAND_LISTS
    COMMENT "Checking the coroutines of ${name}" VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${stamp})
endfunction()

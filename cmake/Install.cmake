# `make install`: the program, and the package `mznode` for people who write nodes of their own. Its target
# mznode::mznode is what a node is built with; nlohmann_json is all that it asks of its users. Each library of core/ is
# a component of the package, and installs itself (mznode_library).
include(CMakePackageConfigHelpers)
set(mznode_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mznode)

install(TARGETS mznode RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT mznodeTargets NAMESPACE mznode:: DESTINATION ${mznode_package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/mznodeConfig.cmake.in mznodeConfig.cmake
                              INSTALL_DESTINATION ${mznode_package_dir})
# Before 1.0 a minor version may change anything.
write_basic_package_version_file(mznodeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/mznodeConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/mznodeConfigVersion.cmake
        DESTINATION ${mznode_package_dir})
# The source lint: nodes of one's own are checked as ours are.
install(FILES ${PROJECT_SOURCE_DIR}/cmake/MznodeLint.cmake DESTINATION ${mznode_package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/cmake/lint DESTINATION ${mznode_package_dir})

# For builds without CMake. The libraries may lie deeper than in lib/.
file(RELATIVE_PATH mznode_prefix_from_pc /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
foreach(package mznode mznode-bench)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${package}.pc.in ${package}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

# The program writes its own manual page and completions, so they never lag behind its options. It is called by its
# file: who names CMAKE_SYSTEM_NAME, as vcpkg does, compiles for another machine in CMake's eyes, even where it is this.
# Where it is not, an emulator runs it.
set(mznode_pages ${CMAKE_CURRENT_BINARY_DIR}/pages)
add_custom_command(
  OUTPUT ${mznode_pages}/mznode.1 ${mznode_pages}/mznode.bash ${mznode_pages}/_mznode ${mznode_pages}/mznode.fish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${mznode_pages}
  COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:mznode> man > ${mznode_pages}/mznode.1
  COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:mznode> completion bash > ${mznode_pages}/mznode.bash
  COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:mznode> completion zsh > ${mznode_pages}/_mznode
  COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:mznode> completion fish > ${mznode_pages}/mznode.fish
  DEPENDS mznode
  VERBATIM)
add_custom_target(pages ALL DEPENDS ${mznode_pages}/mznode.1)
install(FILES ${mznode_pages}/mznode.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${mznode_pages}/mznode.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME mznode)
# zsh looks into site-functions, and on Debian what packages bring lies elsewhere. file(INSTALL) heeds DESTDIR itself.
install(CODE "
  set(directory ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\" AND EXISTS /etc/debian_version)
    set(directory ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  endif()
  file(INSTALL ${mznode_pages}/_mznode DESTINATION \"\${CMAKE_INSTALL_PREFIX}/\${directory}\")")
install(FILES ${mznode_pages}/mznode.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# The documents, with all that they link to; packaging/release.sh takes them from this component.
install(FILES README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT documents)
install(DIRECTORY doc maelstrom-runs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documents
        FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
# What can be run stays so; the permissions are not those of a checkout, which depend on its umask.
set(mznode_can_run PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
install(DIRECTORY examples packaging DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documents
        PATTERN __pycache__ EXCLUDE PATTERN bin EXCLUDE
        REGEX "/python/[0-9]_[a-z_]*\\.py$" ${mznode_can_run} PATTERN "*.sh" ${mznode_can_run}
        PATTERN junit.py ${mznode_can_run})
install(DIRECTORY scripts/many-machines DESTINATION ${CMAKE_INSTALL_DOCDIR}/scripts COMPONENT documents
        PATTERN "*.sh" ${mznode_can_run})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT documents)

# `make deb`
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "A node for every Maelstrom workload, and a network to test nodes on")
set(CPACK_PACKAGE_CONTACT "The authors of mznode <mznode@localhost>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
# A program that is linked statically needs no other package; for another, CPack asks `file` and dpkg-shlibdeps.
find_program(MZNODE_FILE_PROGRAM file)
if(NOT MZNODE_CAN_LINK_STATICALLY AND MZNODE_FILE_PROGRAM)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS nlohmann-json3-dev)
set(CPACK_STRIP_FILES ON)
include(CPack)

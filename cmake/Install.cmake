# `make install`: the program, and the package `mznode` for people who write nodes of their own. Its target
# mznode::mznode is the core library with its headers; nlohmann_json is all that it asks of its users.
include(CMakePackageConfigHelpers)
set(mznode_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mznode)

install(TARGETS mznode RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS mznode_core EXPORT mznodeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
file(GLOB mznode_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/*.hpp)
install(FILES ${mznode_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mznode)
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

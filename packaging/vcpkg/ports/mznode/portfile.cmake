# An overlay port: it builds the tree that it lies in, so a clone is all that it takes. For a registry, fetch a release
# with vcpkg_from_github() in the place of the next line.
get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../../../.." ABSOLUTE)

vcpkg_check_linkage(ONLY_STATIC_LIBRARY)
vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -DMZNODE_TESTS=OFF
        # The libraries are static.
        -DMZNODE_C_LIBRARY=OFF
        -DMZNODE_EXAMPLES=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/mznode)
vcpkg_fixup_pkgconfig()
vcpkg_copy_tools(TOOL_NAMES mznode AUTO_CLEAN)

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")

"""Conan 2: `conan create packaging/conan --build=missing` makes a package of the tree that this file lies in."""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

required_conan_version = ">=2.0"

TREE = os.path.join("..", "..")
# What a build needs of it.
FOLDERS = ("app", "cmake", "core", "doc", "examples", "packaging", "workloads")
FILES = ("CMakeLists.txt", "CHANGELOG.md", "LICENSE", "README.md")
# From the highest to the lowest: each stands on those behind it.
LIBRARIES = ("bench", "workloads", "sim", "trace", "check", "node", "json")


class Mznode(ConanFile):
    name = "mznode"
    description = "Maelstrom nodes and a bench for them: a framework, and a network in virtual time to test nodes on"
    license = "MIT"
    topics = ("maelstrom", "jepsen", "distributed-systems", "testing")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, TREE, "CMakeLists.txt"))
        self.version = re.search(r"project\(mznode VERSION ([0-9.]+)", text).group(1)

    def export_sources(self):
        tree = os.path.join(self.recipe_folder, TREE)
        for folder in FOLDERS:
            copy(self, f"{folder}/*", src=tree, dst=self.export_sources_folder)
        for file in FILES:
            copy(self, file, src=tree, dst=self.export_sources_folder)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("mznode has been built on Linux only")
        check_min_cppstd(self, 20)

    def requirements(self):
        self.requires("nlohmann_json/3.11.3", transitive_headers=True)
        # Compiled in: nothing of them is in the package.
        self.requires("cli11/2.4.2", visible=False)
        self.requires("fmt/10.2.1", visible=False)
        self.requires("spdlog/1.14.1", visible=False)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["MZNODE_TESTS"] = "OFF"
        toolchain.cache_variables["MZNODE_C_LIBRARY"] = "OFF"  # the libraries are static
        toolchain.cache_variables["MZNODE_EXAMPLES"] = "OFF"
        toolchain.cache_variables["FETCHCONTENT_FULLY_DISCONNECTED"] = "ON"
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        # CMakeDeps and PkgConfigDeps write their own; of ours, the lint stays.
        cmake_folder = os.path.join(self.package_folder, "lib", "cmake", "mznode")
        for file in os.listdir(cmake_folder):
            if file.startswith(("mznodeConfig", "mznodeTargets")):
                os.remove(os.path.join(cmake_folder, file))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "mznode")
        self.cpp_info.set_property("cmake_build_modules", [os.path.join("lib", "cmake", "mznode", "MznodeLint.cmake")])
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "mznode")]
        stands_on = {
            "bench": ["workloads"],
            "workloads": ["sim"],
            "sim": ["node", "check", "trace"],
            "trace": ["node"],
            "check": ["json"],
            "node": ["json"],
            "json": ["nlohmann_json::nlohmann_json"],
        }
        for library in LIBRARIES:
            component = self.cpp_info.components[library]
            component.set_property("cmake_target_name", f"mznode::{library}")
            component.libs = [f"mznode_{library}"]
            component.requires = stands_on[library]
            if library in ("node", "trace"):
                component.system_libs = ["pthread"]
        # What a node's author links.
        self.cpp_info.components["mznode"].set_property("cmake_target_name", "mznode::mznode")
        self.cpp_info.components["mznode"].requires = ["node"]

# Everything comes from the distribution's packages; manage.sh lists them (need_build_packages), docs/decisions says why each.
# mimalloc is found where the program is linked, in src/CMakeLists.txt: the sanitizers bring an allocator of their own.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(SQLite3 3.35 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(cares REQUIRED IMPORTED_TARGET libcares)

if(NOT TARGET yaml-cpp::yaml-cpp)  # yaml-cpp 0.7 exports the bare name
    add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

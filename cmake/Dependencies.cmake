# Everything comes from the distribution's packages; manage.sh lists them (need_build_packages), docs/decisions says why each.
# mimalloc is found where the program is linked, in src/CMakeLists.txt: the sanitizers bring an allocator of their own.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(SQLite3 3.35 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(cares REQUIRED IMPORTED_TARGET libcares)

if(NOT TARGET yaml-cpp::yaml-cpp)  # yaml-cpp 0.7 exports the bare name
    add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

# Asio's templates are compiled once, in http/asio.cpp.
add_library(asio INTERFACE)
target_compile_definitions(asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_DISABLE_BOOST_COROUTINE
    # Coroutine frames from plain operator new: aligned_alloc bypasses the allocator's per-thread cache (10 % of a call).
    BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN)
target_link_libraries(asio INTERFACE Boost::headers Threads::Threads)


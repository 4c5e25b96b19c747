# Build types: Release (default, -O2), Debug, Asan (ASan and UBSan), Tsan. Warnings are errors in all of them.
set(EMU_TYPES Release Debug Asan Tsan)
if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE Release CACHE STRING "one of ${EMU_TYPES}" FORCE)
endif()
if(NOT CMAKE_BUILD_TYPE IN_LIST EMU_TYPES)
	message(FATAL_ERROR "CMAKE_BUILD_TYPE must be one of ${EMU_TYPES}")
endif()

set(CMAKE_C_FLAGS_RELEASE "-O2 -g1" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_DEBUG "-O0 -g" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_ASAN "-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_TSAN "-O1 -g -fno-omit-frame-pointer -fsanitize=thread" CACHE STRING "" FORCE)

add_compile_options(-Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wpointer-arith -Wvla
	-fno-strict-aliasing -fwrapv)
add_compile_definitions(_GNU_SOURCE _FILE_OFFSET_BITS=64)
include_directories(${CMAKE_SOURCE_DIR})

find_package(Threads REQUIRED)

# add_check_test(NAME SOURCES file... LIBS library...): a test program written with Check, registered with ctest.
option(EMU_TESTS "build the tests" ON)

if(EMU_TESTS)
	find_package(PkgConfig REQUIRED)
	pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)
endif()

function(add_check_test name)
	cmake_parse_arguments(T "" "" "SOURCES;LIBS" ${ARGN})
	add_executable(${name} ${T_SOURCES})
	target_link_libraries(${name} PRIVATE ${T_LIBS} PkgConfig::CHECK Threads::Threads)
	set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
	add_test(NAME ${name} COMMAND ${name})
	set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

# certshConfig.cmake - find_package(certsh): what a plugin outside the tree builds against.
#
#     find_package(certsh 0.1 REQUIRED)
#     certsh_add_plugin(site site.c)         makes site.so from include/certsh and libcertsh
#
# Targets: certsh::certsh (the library), certsh::program (certsh).  This one file serves the
# installed tree, wherever it was moved to, and a build tree (certsh_DIR=BUILD).
set(_certsh_here "${CMAKE_CURRENT_LIST_DIR}")
if(EXISTS "${_certsh_here}/certsh.tree")
    file(STRINGS "${_certsh_here}/certsh.tree" _certsh_scripts REGEX "^scripts=")
    string(REGEX REPLACE "^scripts=(.*)/scripts$" "\\1" _certsh_source "${_certsh_scripts}")
    set(_certsh_lib "${_certsh_here}")
    set(_certsh_program "${_certsh_here}/certsh")
    set(_certsh_include "${_certsh_source}/include")
else()
    get_filename_component(_certsh_lib "${_certsh_here}/../.." ABSOLUTE)
    get_filename_component(_certsh_prefix "${_certsh_lib}/.." ABSOLUTE)
    set(_certsh_program "${_certsh_prefix}/bin/certsh")
    set(_certsh_include "${_certsh_prefix}/include")
endif()

if(NOT TARGET certsh::certsh)
    add_library(certsh::certsh SHARED IMPORTED)
    set_target_properties(certsh::certsh PROPERTIES IMPORTED_LOCATION "${_certsh_lib}/libcertsh.so"
        INTERFACE_INCLUDE_DIRECTORIES "${_certsh_include}")
    add_executable(certsh::program IMPORTED)
    set_target_properties(certsh::program PROPERTIES IMPORTED_LOCATION "${_certsh_program}")
endif()

# A plugin: NAME.so of the given sources, with nothing visible but cs_plugin.
function(certsh_add_plugin name)
    add_library(${name} MODULE ${ARGN})
    set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden C_STANDARD 17)
    target_link_libraries(${name} PRIVATE certsh::certsh)
endfunction()

# router_embed(TARGET FILE): the bytes of FILE become `extern "C" const char embedded_<name>[]` and
# `embedded_<name>_end[]` in TARGET, where <name> is the file's name with every other character than letters and digits
# as an underscore.
function(router_embed target file)
    get_filename_component(base ${file} NAME)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" symbol ${base})
    set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.S)
    file(WRITE ${source}.new
        ".section .rodata\n.global embedded_${symbol}\n.global embedded_${symbol}_end\n"
        "embedded_${symbol}:\n.incbin \"${file}\"\nembedded_${symbol}_end:\n.byte 0\n"
        ".section .note.GNU-stack,\"\",%progbits\n")
    file(COPY_FILE ${source}.new ${source} ONLY_IF_DIFFERENT)
    set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file} LANGUAGE ASM)
    target_sources(${target} PRIVATE ${source})
endfunction()

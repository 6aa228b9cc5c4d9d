# Text files as C++: mznode_embed_text(target namespace header file…) compiles each file into `target` as a
# `const std::string_view` that `header` declares in `namespace`, named after the file: page/style.css is style_css.
function(mznode_embed_text target namespace header)
  foreach(file IN LISTS ARGN)
    get_filename_component(path ${file} ABSOLUTE)
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER ${name} symbol)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp)
    add_custom_command(
      OUTPUT ${source}
      COMMAND ${CMAKE_COMMAND} -DINPUT=${path} -DOUTPUT=${source} -DSYMBOL=${namespace}::${symbol} -DHEADER=${header}
              -P ${PROJECT_SOURCE_DIR}/cmake/EmbedText.cmake
      DEPENDS ${path} ${PROJECT_SOURCE_DIR}/cmake/EmbedText.cmake
      VERBATIM)
    target_sources(${target} PRIVATE ${source})
  endforeach()
endfunction()

# Run as a script, it writes one of these sources.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} text)
  file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nconst std::string_view ${SYMBOL} = R\"text(${text})text\";\n")
endif()

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

# A tree of text files as one function: mznode_embed_tree(target function element header file…) compiles the files, whose
# paths are relative to the current directory, into `target` as `const std::vector<element>& function()`, which `header`
# declares; each element has a path and a text.
function(mznode_embed_tree target function element header)
  string(MAKE_C_IDENTIFIER ${function} symbol)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp)
  string(REPLACE ";" "|" files "${ARGN}")
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DTREE=${CMAKE_CURRENT_SOURCE_DIR} -DFILES=${files} -DOUTPUT=${source} -DFUNCTION=${function}
            -DELEMENT=${element} -DHEADER=${header} -P ${PROJECT_SOURCE_DIR}/cmake/EmbedText.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/EmbedText.cmake
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()

# Run as a script, it writes one of these sources.
if(CMAKE_SCRIPT_MODE_FILE AND DEFINED TREE)
  set(all "#include \"${HEADER}\"\n\nconst std::vector<${ELEMENT}>& ${FUNCTION}() {\n  static const std::vector<${ELEMENT}> all = {\n")
  string(REPLACE "|" ";" FILES "${FILES}")
  foreach(file IN LISTS FILES)
    file(READ ${TREE}/${file} text)
    string(APPEND all "{\"${file}\", R\"text(${text})text\"},\n")
  endforeach()
  file(WRITE ${OUTPUT} "${all}  };\n  return all;\n}\n")
elseif(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} text)
  file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nconst std::string_view ${SYMBOL} = R\"text(${text})text\";\n")
endif()

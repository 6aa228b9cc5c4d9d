#pragma once

#include <string_view>

/// `MZNODE_FIELDS(a, b)` inside a struct lists the fields of a message body (or of an object inside one) for the codec:
///
///     struct Write {
///       Json key;
///       std::int64_t value = 0;
///       MZNODE_FIELDS(key, value)
///     };
///
/// The names on the wire are those of the members. A member of type `std::optional<T>` may be absent, one of type
/// `Extra` collects every field that is not listed, all others are required. At most 12 fields. `type`,
/// `msg_id` and `in_reply_to` are no fields of a message body, only of an object inside one.
#define MZNODE_FIELDS(...)                                               \
  static constexpr std::string_view field_names = ", " #__VA_ARGS__ ","; \
  template <class Self, class Visitor>                                   \
  static void visit_fields(Self& self, Visitor&& visitor) {              \
    (void)self;                                                          \
    (void)visitor;                                                       \
    MZNODE_FOR_EACH(MZNODE_VISIT __VA_OPT__(, ) __VA_ARGS__)             \
  }

#define MZNODE_VISIT(field) visitor(std::string_view(#field), self.field);

#define MZNODE_FOR_EACH(do, ...)                                                                             \
  __VA_OPT__(MZNODE_SELECT(__VA_ARGS__, MZNODE_E12, MZNODE_E11, MZNODE_E10, MZNODE_E9, MZNODE_E8, MZNODE_E7, \
                           MZNODE_E6, MZNODE_E5, MZNODE_E4, MZNODE_E3, MZNODE_E2, MZNODE_E1)(do, __VA_ARGS__))
#define MZNODE_SELECT(a, b, c, d, e, f, g, h, i, j, k, l, macro, ...) macro
#define MZNODE_E1(do, x) \
  do (x)
#define MZNODE_E2(do, x, ...) \
  do (x) MZNODE_E1(do, __VA_ARGS__)
#define MZNODE_E3(do, x, ...) \
  do (x) MZNODE_E2(do, __VA_ARGS__)
#define MZNODE_E4(do, x, ...) \
  do (x) MZNODE_E3(do, __VA_ARGS__)
#define MZNODE_E5(do, x, ...) \
  do (x) MZNODE_E4(do, __VA_ARGS__)
#define MZNODE_E6(do, x, ...) \
  do (x) MZNODE_E5(do, __VA_ARGS__)
#define MZNODE_E7(do, x, ...) \
  do (x) MZNODE_E6(do, __VA_ARGS__)
#define MZNODE_E8(do, x, ...) \
  do (x) MZNODE_E7(do, __VA_ARGS__)
#define MZNODE_E9(do, x, ...) \
  do (x) MZNODE_E8(do, __VA_ARGS__)
#define MZNODE_E10(do, x, ...) \
  do (x) MZNODE_E9(do, __VA_ARGS__)
#define MZNODE_E11(do, x, ...) \
  do (x) MZNODE_E10(do, __VA_ARGS__)
#define MZNODE_E12(do, x, ...) \
  do (x) MZNODE_E11(do, __VA_ARGS__)

/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <dmaspace/types.h>

static void every_code_has_its_own_name_and_sentence(void **state)
{
    static const int codes[] = {DMS_OK,     DMS_ENOENT, DMS_EIO,     DMS_EAGAIN,   DMS_ENOMEM,
                                DMS_EFAULT, DMS_EBUSY,  DMS_EEXIST,  DMS_ENODEV,   DMS_EINVAL,
                                DMS_ENOSPC, DMS_ERANGE, DMS_ENOTSUP, DMS_ETIMEDOUT};
    (void)state;

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        assert_string_not_equal(dms_errname(codes[i]), "DMS_E?");
        assert_string_not_equal(dms_strerror(codes[i]), "unknown error");
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(dms_errname(codes[i]), dms_errname(codes[j]));
            assert_string_not_equal(dms_strerror(codes[i]), dms_strerror(codes[j]));
        }
    }
}

static void an_unknown_code_is_said_to_be_unknown(void **state)
{
    (void)state;
    assert_string_equal(dms_errname(-1000), "DMS_E?");
    assert_string_equal(dms_strerror(1), "unknown error");
}

static void region_kinds_have_the_names_of_sysfs(void **state)
{
    (void)state;
    assert_string_equal(dms_region_kind_name(DMS_REGION_RESERVED), "reserved");
    assert_string_equal(dms_region_kind_name(DMS_REGION_DIRECT), "direct");
    assert_string_equal(dms_region_kind_name(DMS_REGION_MSI), "msi");
    assert_string_equal(dms_region_kind_name(DMS_REGION_FIXED), "fixed");
    assert_string_equal(dms_region_kind_name(DMS_REGION_WINDOW), "window");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_own_name_and_sentence),
        cmocka_unit_test(an_unknown_code_is_said_to_be_unknown),
        cmocka_unit_test(region_kinds_have_the_names_of_sysfs),
    };

    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}

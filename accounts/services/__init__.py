"""Writers of people, organisations, roles and tokens, one module a noun."""

from accounts.services.identities import (
    link_identity,
    register_with_identity,
    unlink_identity,
)
from accounts.services.organisations import (
    Registration,
    change_organisation_status,
    edit_organisation,
    register,
    request_role,
)
from accounts.services.people import close_account, edit_profile, note_export, withdraw_consent
from accounts.services.roles import answer_request, end_role, grant_role, invite_person, set_active
from accounts.services.tokens import create_token, note_token_use, revoke_token
from core.activity import register_actions

register_actions(
    {
        "accounts.organisation.register": "登记了单位",
        "accounts.organisation.edit": "修改了单位资料",
        "accounts.organisation.approve": "审核通过了单位",
        "accounts.organisation.return": "退回了单位登记",
        "accounts.organisation.resubmit": "重新提交了单位登记",
        "accounts.organisation.suspend": "停用了单位",
        "accounts.organisation.resume": "恢复了单位",
        "accounts.roleassignment.request": "申请加入单位",
        "accounts.roleassignment.grant": "授予了角色",
        "accounts.roleassignment.decline": "谢绝了加入申请",
        "accounts.roleassignment.end": "终止了角色",
        "accounts.user.register": "注册了账号",
        "accounts.user.invite": "开通了账号",
        "accounts.user.edit": "修改了个人资料",
        "accounts.user.activate": "启用了账号",
        "accounts.user.deactivate": "停用了账号",
        "accounts.user.close": "注销了账号",
        "accounts.user.export": "导出了个人数据",
        "accounts.user.sign_in": "登录",
        "accounts.user.sign_out": "退出登录",
        "accounts.user.sign_in_failed": "登录失败",
        "accounts.user.change_password": "修改了密码",
        "accounts.user.reset_password": "重置了密码",
        "accounts.user.add_factor": "启用了两步验证方式",
        "accounts.user.remove_factor": "移除了两步验证方式",
        "accounts.user.fail_factor": "两步验证失败",
        "accounts.user.link_identity": "关联了统一身份认证",
        "accounts.user.unlink_identity": "解除了统一身份认证关联",
        "accounts.servicetoken.create": "创建了服务令牌",
        "accounts.servicetoken.revoke": "撤销了服务令牌",
        "accounts.consentrecord.grant": "同意了个人信息处理",
        "accounts.consentrecord.withdraw": "撤回了个人信息同意",
        "accounts.demo.load": "装入了演示账号",
    }
)

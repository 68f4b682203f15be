"""Writers of indicators, cycles, reports and jobs."""

from core.activity import register_actions

register_actions(
    {
        "reporting.indicator.load": "载入了指标",
        "reporting.reportcycle.create": "建立了年度填报",
        "reporting.reportcycle.edit": "修改了年度填报",
        "reporting.reportcycle.open": "开始了年度填报",
        "reporting.reportcycle.close": "结束了年度填报",
        "reporting.reportcycle.reopen": "重新开放了年度填报",
        "reporting.annualreport.create": "生成了年度报告",
        "reporting.annualreport.fill": "填写了年度报告",
        "reporting.annualreport.plan": "填写了下年度计划",
        "reporting.annualreport.import": "导入了年度报告",
        "reporting.annualreport.correct": "申请更正自动计算的数值",
        "reporting.annualreport.answer_correction": "处理了更正申请",
        "reporting.annualreport.submit": "提交了年度报告",
        "reporting.annualreport.to_county": "送县区审核",
        "reporting.annualreport.to_city": "送市级审核",
        "reporting.annualreport.to_province": "送省级审核",
        "reporting.annualreport.forward_city": "审核通过，报市级",
        "reporting.annualreport.forward_province": "审核通过，报省级",
        "reporting.annualreport.accept": "审核通过并归档",
        "reporting.annualreport.return": "退回修改",
        "reporting.annualreport.reopen": "重新打开了年度报告",
        "reporting.annualreport.comment": "写了审核意见",
        "reporting.annualreport.resolve_comment": "标记意见已解决",
        "reporting.annualreport.ask_extension": "申请延期",
        "reporting.annualreport.answer_extension": "处理了延期申请",
        "reporting.annualreport.remind": "催报",
        "reporting.annualreport.sign": "上传了盖章扫描件",
        "reporting.annualreport.attach": "上传了证明材料",
        "reporting.reportingjob.start": "发起了任务",
        "reporting.reportingjob.cancel": "取消了任务",
        "reporting.alert.assign": "指定了预警负责人",
        "reporting.alert.close": "关闭了预警",
    }
)

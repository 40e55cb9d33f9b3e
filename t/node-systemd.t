#!/usr/bin/perl
# Tier 3, make check-nodes: ftp.socket in a machine that systemd has booted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Node;
use Inftpd::Node::Sockets;
use Test::More;

# The boot has applied these.
my (undef, undef, $uid, $gid) = getpwnam 'inftpd';
ok($uid, 'sysusers.d made the user inftpd');
ok(getpwnam 'ftp', 'and ftp');
is((stat '/run/inftpd')[4], 0, 'tmpfiles.d made /run/inftpd');
is((stat '/run/inftpd/sessions')[4], $uid, 'and the place of the slots');

# As make install says, and a package does.
chown 0, $gid, helper_path();
chmod 04750, helper_path();

Inftpd::Node::Sockets::check('ftp', 5);

subtest 'inftpd-uploads.path' => sub {
	my $spool = '/var/spool/inftpd/uploads';
	my %home = three_kinds(upload_spool_dir => $spool);

	is((stat $spool)[2] & 07777, 01733, 'tmpfiles.d made the spool');
	is((stat '/var/spool/inftpd')[2] & 07777, 0700, 'below a closed directory');
	systemctl(qw(enable --now ftp.socket inftpd-uploads.path));
	my ($script) = read_file(unit_path('inftpd-uploads.service')) =~
	    /^ExecStart=(\S+)$/m;
	write_file($script, <<"END");
#!/bin/sh
for record in $spool/*.upload; do
	test -f "\$record" || continue
	sed -n 's/^path=//p' "\$record" >>/tmp/uploaded && rm "\$record"
done
END
	chmod 0755, $script;
	my $c = dial();
	$c->login('alice');
	for my $n (1 .. 3) {
		is(($c->stor("up$n", 'x'))[0], 226, "upload $n");
		ok(wait_until(sub { -e '/tmp/uploaded' &&
		    read_file('/tmp/uploaded') =~ m{^/home/alice/up$n$}m }, 10),
		    'the script is started for it');
	}
	$c->quit;
	ok(wait_until(sub { !glob "$spool/*" }, 5), 'no record is left');
	is(systemctl(qw(is-active inftpd-uploads.path)), "active\n",
	    'and the next upload is waited for');
	systemctl(qw(disable --now ftp.socket inftpd-uploads.path));
};

subtest 'a second server, as the manual has it' => sub {
	my ($commands) = read_file("$FindBin::Bin/../ftpd/ftpd.8") =~
	    /^A second server.*?^\.Bd [^\n]*\n(.*?)^\.Ed/ms;

	$commands =~ s/\\\(aq/'/g;
	$commands =~ s/\\e$/\\/mg;
	output('sh', '-ec', $commands);
	is($?, 0, 'its commands can be pasted') or diag($commands);
	write_file('/etc/inftpd/instances/second/conf.d/a.conf',
	    "ftpd_banner=The second\n");
	my ($client, $code, $text) = greeting(port => 2121);
	is("$code $text", '220 The second', 'and it answers');
	$client->quit;
	systemctl(qw(disable --now ftp-second.socket));
};

done_testing;
